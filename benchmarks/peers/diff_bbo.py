"""Diff-BBO (Wu et al. 2024): designs from an ensemble of diffusion models, given a high reward on which the models agree."""

from peer_protocol import NUMBERS, serve


def create(task):
    from peer_diff_bbo import DiffBbo

    return DiffBbo(task)


serve("diff-bbo", create, NUMBERS)
