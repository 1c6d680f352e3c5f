/** In the order of the tables. */
export const peerNames = [
  'pycma',
  'botorch-qlogei',
  'turbo',
  'optuna-tpe',
  'nevergrad-ngopt',
  'hebo',
  'dibo',
  'diff-bbo',
] as const;
export type PeerName = (typeof peerNames)[number];

/** The programs of the peers, beside this file in the repository. */
export const peerScripts: { readonly [Name in PeerName]: string } = {
  pycma: 'pycma.py',
  'botorch-qlogei': 'botorch_qlogei.py',
  turbo: 'turbo.py',
  'optuna-tpe': 'optuna_tpe.py',
  'nevergrad-ngopt': 'nevergrad_ngopt.py',
  // A file named hebo.py would hide the package.
  hebo: 'hebo_mace.py',
  dibo: 'dibo.py',
  'diff-bbo': 'diff_bbo.py',
};
