# title: Data parallel: mirrored (TensorFlow)
# words: data parallel distributed tensorflow keras multi gpu
# needs: tensorflow
# tested: TensorFlow 2.21.0 on a CPU
# purpose: Keras makes one copy of the model on each GPU and averages what they learned. Without a GPU it runs on the CPU as one copy.

"""Data parallel training with tf.distribute.MirroredStrategy."""

import numpy as np
import tensorflow as tf

BATCH_PER_DEVICE = 64


def main() -> None:
    tf.keras.utils.set_random_seed(0)
    strategy = tf.distribute.MirroredStrategy()
    batch = BATCH_PER_DEVICE * strategy.num_replicas_in_sync
    with strategy.scope():  # model and optimizer must be made inside
        model = tf.keras.Sequential(
            [
                tf.keras.Input((32,)),
                tf.keras.layers.Dense(64, activation="relu"),
                tf.keras.layers.Dense(10),
            ]
        )
        model.compile(
            optimizer=tf.keras.optimizers.AdamW(1e-3),
            loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
    source = np.random.default_rng(0)
    inputs = source.standard_normal((512, 32), dtype=np.float32)
    labels = source.integers(0, 10, 512)
    data = tf.data.Dataset.from_tensor_slices((inputs, labels))
    data = data.shuffle(512, seed=0).batch(batch, drop_remainder=True).prefetch(tf.data.AUTOTUNE)
    history = model.fit(data, epochs=2, shuffle=False, verbose=0)  # the data set shuffles
    print(f"{strategy.num_replicas_in_sync} copies, loss {history.history['loss'][-1]:.3f}")


if __name__ == "__main__":
    main()
