"""An oracle command: diffopt optimize --command "python3 oracle.py". Print nothing else to stdout; print() to stderr is fine."""
import json, sys

for line in sys.stdin:
    request = json.loads(line)
    try:
        x, y = request["design"]["x"], request["design"]["y"]
        answer = {"reward": -((x - 0.3) ** 2) - (y - 0.6) ** 2}
    except Exception as error:
        answer = {"error": str(error)}
    print(json.dumps({"id": request["id"], **answer}), flush=True)
