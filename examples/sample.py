"""python sample.py MODEL.onnx NOISE.npy [TARGET] prints the CSV of `diffopt sample MODEL.onnx --save-noise NOISE.npy` (no constraints)."""
import csv, json, sys
import numpy as np, onnxruntime

def cell(parameter, value, decimals):
    if parameter["type"] == "sequence": return "".join(parameter["alphabet"][letter] for letter in value)
    if "values" in parameter: value = parameter["values"][value]
    return value if isinstance(value, str) else f"{value:.{decimals}f}"
session = onnxruntime.InferenceSession(sys.argv[1])
facts = json.loads(session.get_modelmeta().custom_metadata_map["diffusion-optimizer"])
noise, names, target = np.load(sys.argv[2]), facts["columns"], float((sys.argv[3:] + [facts["best"]])[0])
feeds = {"noise": noise, "target": np.full(len(noise), target, np.float32), "guidance": np.array(1.5, np.float32), "fixed": 0 * noise, "fixed_mask": 0 * noise}
rows = zip(*session.run([f"design/{name}" for name in names], feeds))
parameters, decimals = facts["space"]["parameters"], facts["decimals"]
csv.writer(sys.stdout, lineterminator="\n").writerows([names, *([cell(parameters[n], v, decimals.get(n, 6)) for n, v in zip(names, row)] for row in rows)])
