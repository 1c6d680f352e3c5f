"""Designs from a model that `diffopt train` saved, without Node: prints the CSV of `diffopt sample MODEL.onnx --save-noise NOISE.npy`.

Usage: python sample.py MODEL.onnx NOISE.npy [TARGET] [GUIDANCE] > designs.csv
Constraints and fixed values are not repaired here; models with a stochastic sampler need `step_noise` as well.
"""
import json, re, sys
import numpy as np
import onnxruntime


def number(value, decimals):
    """As diffopt prints it: at most 6 decimals are padded with zeros, where float64 keeps that many digits."""
    padded = f"{value:.{17 if decimals is None else decimals}f}"
    if decimals is not None and decimals <= 6 and len(re.sub(r"^-?[0.]*|\.", "", padded)) <= 15:
        return f"{0:.{decimals}f}" if float(padded) == 0 else padded
    value = value if decimals is None else float(padded)
    return np.format_float_positional(value, trim="-") if value == 0 or abs(value) >= 1e-6 else repr(value).replace("e-0", "e-")


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
target, guidance = map(float, (sys.argv[3:5] + [facts["best"], 1.5][len(sys.argv[3:5]) :]))
feeds = {"noise": noise, "target": np.full(len(noise), target, np.float32), "guidance": np.array(guidance, np.float32)}
feeds |= {name: np.zeros_like(noise) for name in ("fixed", "fixed_mask")}
names = facts["columns"]
sys.stdout.reconfigure(encoding="utf-8", newline="\n")
print(",".join(map(quoted, names)))
for row in zip(*session.run([f"design/{name}" for name in names], feeds)):
    print(",".join(quoted(cell(name, value)) for name, value in zip(names, row)))
