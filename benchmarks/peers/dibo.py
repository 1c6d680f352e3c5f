"""DiBO (Yun et al. 2025): a diffusion model of the best designs, fine-tuned to sample what an ensemble of networks promises."""

from peer_protocol import NUMBERS, serve


def create(task):
    from peer_dibo import Dibo

    return Dibo(task)


serve("dibo", create, NUMBERS)
