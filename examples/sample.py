"""Designs from a model that `diffopt train` saved, without Node: prints the CSV of `diffopt sample MODEL.onnx --save-noise NOISE.npy`.

Usage: python sample.py MODEL.onnx NOISE.npy [TARGET] [GUIDANCE] > designs.csv
Constraints and fixed values are not repaired here; models with a stochastic sampler need `step_noise` as well.
"""
import json, re, sys
import numpy as np
import onnxruntime


def number(value, places):
    """As diffopt prints it: padded with zeros where that shows at most 6 decimals and 15 digits, else the shortest text."""
    rounded = value if places is None else round(value, places) + 0.0
    padded = f"{rounded:.{places or 0}f}"
    if places is not None and places <= 6 and len(re.sub(r"^-?[0.]*|\.", "", padded)) <= 15:
        return padded
    if rounded == 0 or abs(rounded) >= 1e-6:
        return np.format_float_positional(rounded, trim="-")
    return repr(rounded).replace("e-0", "e-")


def cell(name, value):
    """One value of a column in its own units, from the model's float32 or index."""
    parameter = facts["space"]["parameters"][name]
    if parameter["type"] == "sequence":
        value = "".join(parameter["alphabet"][letter] for letter in value)
    elif "values" in parameter:
        value = parameter["values"][value]
    else:
        value = min(max(float(value), parameter["min"]), parameter["max"])
    return value if isinstance(value, str) else number(float(value), facts["decimals"].get(name))


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if re.search(r'[,";\t\r\n]|^\s|\s$', text) else text


session = onnxruntime.InferenceSession(sys.argv[1])
facts = json.loads(session.get_modelmeta().custom_metadata_map["diffusion-optimizer"])
noise = np.load(sys.argv[2])
given = sys.argv[3:5]
target, guidance = map(float, given + [facts["best"], 1.5][len(given) :])
feeds = {"noise": noise, "target": np.full(len(noise), target, np.float32), "guidance": np.array(guidance, np.float32)}
feeds |= {name: np.zeros_like(noise) for name in ("fixed", "fixed_mask")}
names = facts["columns"]
sys.stdout.reconfigure(encoding="utf-8", newline="\n")
print(",".join(map(quoted, names)))
for row in zip(*session.run([f"design/{name}" for name in names], feeds)):
    print(",".join(quoted(cell(name, value)) for name, value in zip(names, row)))
