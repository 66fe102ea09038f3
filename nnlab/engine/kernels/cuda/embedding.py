"""The gradient of an embedding: a block for each row of the vocabulary, so no two threads add to one place.

Atomic additions would come in another order each time, and a replay would differ in the last bits.
"""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, on_device

launch: Launch = on_device
Array = Any

SOURCE = r"""
__device__ whole id_at(const void* ids, whole bytes, whole n) {
    return bytes == 1 ? ((const unsigned char*)ids)[n] : ((const whole*)ids)[n];
}

// The ids go by in tiles of a block; of a tile that names this row, the threads add what it names in order.
extern "C" __global__ void scatter_rows(
    const real* da, const void* ids, real* dW, whole n, whole width, whole bytes
) {
    __shared__ int named[THREADS];
    __shared__ int any;
    whole row = blockIdx.x;
    for (whole first = 0; first < width; first += blockDim.x) {
        whole j = first + threadIdx.x;
        real sum = 0;
        for (whole start = 0; start < n; start += blockDim.x) {
            whole mine = start + threadIdx.x;
            if (threadIdx.x == 0) any = 0;
            __syncthreads();
            named[threadIdx.x] = mine < n && id_at(ids, bytes, mine) == row;
            if (named[threadIdx.x]) any = 1;
            __syncthreads();
            if (any && j < width)
                for (whole k = 0; k < blockDim.x && start + k < n; k++)
                    if (named[k]) sum += da[(start + k) * width + j];
            __syncthreads();
        }
        if (j < width) dW[row * width + j] = sum;
    }
}
"""


def scatter_rows(
    ids: Array, da: Array, width: Array, columns: Array, start: Array, place: Array, dW: Array
) -> None:
    launch(SOURCE, "scatter_rows", dW.shape[0], THREADS, da, ids, dW, *da.shape, ids.itemsize)
