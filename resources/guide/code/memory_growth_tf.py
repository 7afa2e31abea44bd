# title: Memory growth and logging (TensorFlow)
# words: tensorflow memory growth limit logging gpu oom
# needs: tensorflow
# tested: TensorFlow 2.21.0 on a CPU
# purpose: TensorFlow takes nearly all memory of every GPU when it starts, so others find none and no tool shows what it needs. Memory growth takes it as it is needed. It must be set before the first use of a GPU.

"""TensorFlow: memory growth, and how much memory each GPU used, in the log."""

import logging

import tensorflow as tf

log = logging.getLogger("training")


def grow_as_needed() -> int:
    """Set memory growth on every GPU; return how many there are."""
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)  # before anything runs on it
    return len(gpus)


def log_memory(count: int) -> None:
    for number in range(count):
        used = tf.config.experimental.get_memory_info(f"GPU:{number}")
        now, peak = used["current"] / 2**20, used["peak"] / 2**20
        log.info("GPU %d: %.0f MiB now, %.0f MiB at most", number, now, peak)


def main() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    count = grow_as_needed()
    log.info("TensorFlow %s, %d GPU(s)", tf.__version__, count)
    size = 1024 if count else 128
    product = tf.random.normal((size, size)) @ tf.random.normal((size, size))
    log.info("A product of %d x %d is done: %.3f", size, size, float(tf.reduce_mean(product)))
    log_memory(count)


if __name__ == "__main__":
    main()
