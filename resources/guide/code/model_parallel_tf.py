# title: One model over two devices (TensorFlow)
# words: model parallel split layers tf.device multi gpu
# needs: tensorflow
# devices: 2
# tested: TensorFlow 2.21.0 on a CPU, as one and as two devices
# purpose: For a model too large for one GPU: the first layers live on one device, the rest on another, and what the first half gives is moved over. Only one device works at a time.

"""Model parallelism: layers on two devices, activations moved between them."""

import warnings

import tensorflow as tf


def two_devices() -> tuple[str, str]:
    gpus = tf.config.list_logical_devices("GPU")
    if len(gpus) >= 2:
        return gpus[0].name, gpus[1].name
    warnings.warn("Fewer than 2 GPUs: both halves run on one device.", stacklevel=2)
    one = gpus[0].name if gpus else "/CPU:0"
    return one, one


class SplitModel(tf.Module):
    def __init__(self, first: str, second: str) -> None:
        super().__init__()
        self.first, self.second = first, second
        with tf.device(first):
            self.w1 = tf.Variable(tf.random.normal((32, 256), stddev=0.1))
        with tf.device(second):
            self.w2 = tf.Variable(tf.random.normal((256, 10), stddev=0.1))

    def __call__(self, inputs: tf.Tensor) -> tf.Tensor:
        with tf.device(self.first):
            middle = tf.nn.relu(tf.identity(inputs) @ self.w1)
        with tf.device(self.second):
            return tf.identity(middle) @ self.w2  # identity here moves it to the second device


def main() -> None:
    tf.keras.utils.set_random_seed(0)
    first, second = two_devices()
    model = SplitModel(first, second)
    optimizer = tf.keras.optimizers.SGD(0.1)
    for step in range(10):
        inputs = tf.random.normal((64, 32))
        labels = tf.random.uniform((64,), maxval=10, dtype=tf.int32)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, model(inputs))
            loss = tf.reduce_mean(losses)
        weights = [model.w1, model.w2]
        optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        if step % 5 == 0:
            print(f"step {step}: loss {float(loss):.3f} on {first} and {second}")


if __name__ == "__main__":
    main()
