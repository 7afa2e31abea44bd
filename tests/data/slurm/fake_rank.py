"""A rank that adds up nothing: reports, beats and answers. Standard library only."""

import json
import os
import signal
import sys
import threading
import time


def say(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def beat():
    while True:
        time.sleep(0.5)
        say(event="heartbeat")


job = json.loads(sys.stdin.readline())
say(event="ready", pid=os.getpid(), about={"device": "cpu", "environment": job["environment"]})
threading.Thread(target=beat, daemon=True).start()
manner, _, which = os.environ.get("FAKE_RANK", "").partition(" ")
for line in sys.stdin:
    order = json.loads(line)
    if which == str(job["rank"]):
        if manner == "stop":
            os.kill(os.getpid(), signal.SIGSTOP)
        if manner == "oom":
            say(event="failed", kind="oom", what="MemoryError", why="no room", remedy="")
    say(event="answer", ticket=order["ticket"], rank=job["rank"])
