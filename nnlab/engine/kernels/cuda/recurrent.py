"""One moment of an LSTM, a GRU or a simple RNN: a thread for each unit of each example.

``dz`` is a view (G, B, H) of rows (B, G·H); it is written where it lies, by its strides.
"""

from __future__ import annotations

from typing import Any

from nnlab.engine.kernels.cuda.launch import THREADS, Launch, blocks_of, on_device

launch: Launch = on_device
Array = Any

STRIDED = frozenset({"dz"})
"""Arguments that need not be one piece of memory."""

SOURCE = r"""
// Where unit i of gate g stands in rows (B, G·H) seen as (G, B, H).
__device__ whole in_rows(whole g, whole i, whole units, whole gate, whole row, whole unit) {
    return g * gate + i / units * row + i % units * unit;
}

extern "C" __global__ void rnn_step(real* z, const real* recurrent, real* h, whole n) {
    whole i = place();
    if (i >= n) return;
    z[i] += recurrent[i];
    h[i] = tanh(z[i]);
}

extern "C" __global__ void rnn_step_backward(
    const real* dh, const real* h, const real* one, real* dz, whole units, whole n, whole row, whole unit
) {
    whole i = place();
    if (i < n) dz[in_rows(0, i, units, 0, row, unit)] = dh[i] * (*one - h[i] * h[i]);
}

extern "C" __global__ void lstm_step(
    real* z, const real* recurrent, const real* half, real* gates, const real* before, real* c,
    real* tanh_c, real* h, whole n
) {
    whole p = place();
    if (p >= n) return;
    for (whole k = p; k < 4 * n; k += n) {
        z[k] += recurrent[k];
        gates[k] = k < 3 * n ? tanh(z[k] * *half) * *half + *half : tanh(z[k]);
    }
    real cell = gates[p + n] * before[p] + gates[p] * gates[p + 3 * n];
    real bent = tanh(cell);
    c[p] = cell;
    tanh_c[p] = bent;
    h[p] = gates[p + 2 * n] * bent;
}

extern "C" __global__ void lstm_step_backward(
    const real* dh, real* dc, const real* gates, const real* before, const real* tanh_c, const real* one,
    real* dgates, real* dz, real* dbefore, whole units, whole n, whole gate, whole row, whole unit
) {
    whole p = place();
    if (p >= n) return;
    real i = gates[p], f = gates[p + n], o = gates[p + 2 * n], g = gates[p + 3 * n], bent = tanh_c[p];
    real dcell = dc[p] + (*one - bent * bent) * o * dh[p];
    dc[p] = dcell;
    real di = dcell * g, df = dcell * before[p], dout = dh[p] * bent, dg = dcell * i;
    dbefore[p] = dcell * f;
    dgates[p] = di;
    dgates[p + n] = df;
    dgates[p + 2 * n] = dout;
    dgates[p + 3 * n] = dg;
    dz[in_rows(0, p, units, gate, row, unit)] = di * ((*one - i) * i);
    dz[in_rows(1, p, units, gate, row, unit)] = df * ((*one - f) * f);
    dz[in_rows(2, p, units, gate, row, unit)] = dout * ((*one - o) * o);
    dz[in_rows(3, p, units, gate, row, unit)] = dg * (*one - g * g);
}

extern "C" __global__ void hold(
    const real* real_, const real* pad, const real* before, real* now, whole units, whole n
) {
    whole i = place();
    if (i < n) now[i] = now[i] * real_[i / units] + before[i] * pad[i / units];
}

extern "C" __global__ void gru_step(
    real* z, const real* recurrent, const real* bias, const real* half, real* gates, const real* before,
    real* s, real* h, whole n
) {
    whole p = place();
    if (p >= n) return;
    for (whole k = p + n; k < 3 * n; k += n) {
        z[k] += recurrent[k];
        gates[k] = tanh(z[k] * *half) * *half + *half;
    }
    s[p] = recurrent[p] + bias[p];
    z[p] += gates[p + n] * s[p];
    real next = tanh(z[p]);
    gates[p] = next;
    h[p] = next + gates[p + 2 * n] * (before[p] - next);
}

extern "C" __global__ void gru_step_backward(
    const real* dh, const real* gates, const real* before, const real* s, const real* one, real* dgates,
    real* dz, whole units, whole n, whole gate, whole row, whole unit
) {
    whole p = place();
    if (p >= n) return;
    real next = gates[p], r = gates[p + n], u = gates[p + 2 * n];
    real dn = dh[p] * (*one - u), du = (before[p] - next) * dh[p];
    real dzn = dn * (*one - next * next), dr = dzn * s[p];
    dgates[p] = dn;
    dgates[p + n] = dr;
    dgates[p + 2 * n] = du;
    dz[in_rows(0, p, units, gate, row, unit)] = dzn;
    dz[in_rows(1, p, units, gate, row, unit)] = dr * ((*one - r) * r);
    dz[in_rows(2, p, units, gate, row, unit)] = du * ((*one - u) * u);
    dz[in_rows(3, p, units, gate, row, unit)] = dzn * r;
}

extern "C" __global__ void gru_reset(
    real* risen, const real* added, const real* half, real* sigmoids, const real* before, real* reset,
    whole n
) {
    whole p = place();
    if (p >= n) return;
    for (whole k = p; k < 2 * n; k += n) {
        risen[k] += added[k];
        sigmoids[k] = tanh(risen[k] * *half) * *half + *half;
    }
    reset[p] = sigmoids[p] * before[p];
}

extern "C" __global__ void gru_renew(
    real* zn, const real* added, real* next, const real* u, const real* before, real* h, whole n
) {
    whole p = place();
    if (p >= n) return;
    zn[p] += added[p];
    real fresh = tanh(zn[p]);
    next[p] = fresh;
    h[p] = fresh + u[p] * (before[p] - fresh);
}

extern "C" __global__ void gru_renew_backward(
    const real* dh, const real* next, const real* u, const real* before, const real* one, real* dn,
    real* du, real* dzn, real* dzu, whole n
) {
    whole p = place();
    if (p >= n) return;
    dn[p] = dh[p] * (*one - u[p]);
    du[p] = (before[p] - next[p]) * dh[p];
    dzn[p] = dn[p] * (*one - next[p] * next[p]);
    dzu[p] = du[p] * ((*one - u[p]) * u[p]);
}

extern "C" __global__ void gru_reset_backward(
    const real* dreset, const real* r, const real* before, const real* one, real* dr, real* dzr,
    const real* parts, real* dz, whole units, whole n, whole gate, whole row, whole unit
) {
    whole p = place();
    if (p >= n) return;
    dr[p] = dreset[p] * before[p];
    dzr[p] = dr[p] * ((*one - r[p]) * r[p]);
    for (whole g = 0; g < 3; g++) dz[in_rows(g, p, units, gate, row, unit)] = parts[g * n + p];
}
"""


def steps(view: Array) -> tuple[int, ...]:
    """The strides of an array in numbers, not in bytes."""
    return tuple(stride // view.itemsize for stride in view.strides)


def rnn_step(z: Array, recurrent: Array, h: Array) -> None:
    launch(SOURCE, "rnn_step", blocks_of(h.size), THREADS, z, recurrent, h, h.size)


def rnn_step_backward(dh: Array, h: Array, one: Array, u: Array, dz: Array) -> None:
    n = h.size
    launch(
        SOURCE, "rnn_step_backward", blocks_of(n), THREADS, dh, h, one, dz, h.shape[-1], n, *steps(dz)[-2:]
    )


def lstm_step(
    z: Array, recurrent: Array, slopes: Array, half: Array, gates: Array, sigmoids: Array,
    before: Array, u: Array, c: Array, tanh_c: Array, h: Array,
) -> None:  # fmt: skip
    n = h.size
    launch(SOURCE, "lstm_step", blocks_of(n), THREADS, z, recurrent, half, gates, before, c, tanh_c, h, n)


def lstm_step_backward(
    dh: Array, dc: Array, gates: Array, sigmoids: Array, before: Array, tanh_c: Array, one: Array,
    u: Array, slopes: Array, rising: Array, dgates: Array, dz: Array, dbefore: Array,
) -> None:  # fmt: skip
    n = dh.size
    launch(
        SOURCE, "lstm_step_backward", blocks_of(n), THREADS,
        dh, dc, gates, before, tanh_c, one, dgates, dz, dbefore, dh.shape[1], n, *steps(dz),
    )  # fmt: skip


def hold(real: Array, pad: Array, before: Array, u: Array, now: Array) -> None:
    n = now.size
    launch(SOURCE, "hold", blocks_of(n), THREADS, real, pad, before, now, now.shape[1], n)


def gru_step(
    z: Array, risen: Array, recurrent: Array, added: Array, bias: Array, half: Array, gates: Array,
    sigmoids: Array, before: Array, q: Array, s: Array, h: Array,
) -> None:  # fmt: skip
    n = h.size
    launch(SOURCE, "gru_step", blocks_of(n), THREADS, z, recurrent, bias, half, gates, before, s, h, n)


def gru_step_backward(
    dh: Array, gates: Array, before: Array, s: Array, one: Array, q: Array, dgates: Array, parts: Array,
    dz: Array,
) -> None:  # fmt: skip
    n = dh.size
    launch(
        SOURCE, "gru_step_backward", blocks_of(n), THREADS,
        dh, gates, before, s, one, dgates, dz, dh.shape[1], n, *steps(dz),
    )  # fmt: skip


def gru_reset(
    risen: Array, added: Array, half: Array, sigmoids: Array, r: Array, before: Array, reset: Array
) -> None:
    n = reset.size
    launch(SOURCE, "gru_reset", blocks_of(n), THREADS, risen, added, half, sigmoids, before, reset, n)


def gru_renew(zn: Array, added: Array, n: Array, u: Array, before: Array, q: Array, h: Array) -> None:
    launch(SOURCE, "gru_renew", blocks_of(h.size), THREADS, zn, added, n, u, before, h, h.size)


def gru_renew_backward(
    dh: Array, n: Array, u: Array, before: Array, one: Array, q: Array, dn: Array, du: Array,
    dzn: Array, dzu: Array,
) -> None:  # fmt: skip
    launch(
        SOURCE, "gru_renew_backward", blocks_of(dh.size), THREADS,
        dh, n, u, before, one, dn, du, dzn, dzu, dh.size,
    )  # fmt: skip


def gru_reset_backward(
    dreset: Array, r: Array, before: Array, one: Array, q: Array, dr: Array, dzr: Array, parts: Array,
    dz: Array,
) -> None:  # fmt: skip
    n = dreset.size
    launch(
        SOURCE, "gru_reset_backward", blocks_of(n), THREADS,
        dreset, r, before, one, dr, dzr, parts, dz, dreset.shape[1], n, *steps(dz),
    )  # fmt: skip
