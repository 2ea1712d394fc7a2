#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

// Bᵀ·d·B of sixteen channels at a time: rows first, then columns.
CK_INLINE void transform_input(const ck_f32x16 d[16], ck_f32x16 v[16]) {
  ck_f32x16 t[16];
  for (int x = 0; x < 4; x++) {
    t[x] = d[x] - d[8 + x];
    t[4 + x] = d[4 + x] + d[8 + x];
    t[8 + x] = d[8 + x] - d[4 + x];
    t[12 + x] = d[4 + x] - d[12 + x];
  }
  for (int y = 0; y < 16; y += 4) {
    v[y] = t[y] - t[y + 2];
    v[y + 1] = t[y + 1] + t[y + 2];
    v[y + 2] = t[y + 2] - t[y + 1];
    v[y + 3] = t[y + 1] - t[y + 3];
  }
}

// Aᵀ·m·A of sixteen outputs at a time: rows first, then columns.
CK_INLINE void transform_output(const ck_f32x16 m[16], ck_f32x16 y[4]) {
  ck_f32x16 t[8];
  for (int x = 0; x < 4; x++) {
    t[x] = (m[x] + m[4 + x]) + m[8 + x];
    t[4 + x] = (m[4 + x] - m[8 + x]) - m[12 + x];
  }
  for (int r = 0; r < 2; r++) {
    y[2 * r] = (t[4 * r] + t[4 * r + 1]) + t[4 * r + 2];
    y[2 * r + 1] = (t[4 * r + 1] - t[4 * r + 2]) - t[4 * r + 3];
  }
}

CK_INLINE void input(
    const float *const *places, size_t channels, size_t stride, float *v) {
  ck_f32x16 d[16], t[16];
  size_t c = 0;
  for (; c + CK_LANES <= channels; c += CK_LANES) {
    for (int p = 0; p < 16; p++) d[p] = ck_load(places[p] + c);
    transform_input(d, t);
    for (int p = 0; p < 16; p++) ck_store(v + p * stride + c, t[p]);
  }
  const size_t rest = channels - c;
  if (!rest) return;
  for (int p = 0; p < 16; p++) d[p] = ck_load_part(places[p] + c, rest, 0.0f);
  transform_input(d, t);
  for (int p = 0; p < 16; p++) ck_store_part(v + p * stride + c, t[p], rest);
}

CK_INLINE void output(
    const float *m, size_t stride, size_t outputs, const float *bias, float *const *places) {
  ck_f32x16 d[16], t[4];
  for (size_t o = 0; o < outputs; o += CK_LANES) {
    const size_t n = outputs - o < CK_LANES ? outputs - o : CK_LANES;
    const int whole = n == CK_LANES;
    for (int p = 0; p < 16; p++)
      d[p] = whole ? ck_load(m + p * stride + o) : ck_load_part(m + p * stride + o, n, 0.0f);
    transform_output(d, t);
    ck_f32x16 start = ck_splat(0.0f);
    if (bias) start = whole ? ck_load(bias + o) : ck_load_part(bias + o, n, 0.0f);
    for (int p = 0; p < 4; p++) {
      if (!places[p]) continue;
      if (whole)
        ck_store(places[p] + o, t[p] + start);
      else
        ck_store_part(places[p] + o, t[p] + start, n);
    }
  }
}

CK_CLONES void ck_winograd_input(
    const float *const *places, size_t channels, size_t stride, float *v) {
  input(places, channels, stride, v);
}

CK_CLONES void ck_winograd_output(
    const float *m, size_t stride, size_t outputs, const float *bias, float *const *places) {
  output(m, stride, outputs, bias, places);
}

// G·g of three numbers: g₀, ((g₀ + g₂) + g₁)/2, ((g₀ + g₂) − g₁)/2, g₂.
CK_INLINE void transform_weights(const float g[3], float u[4]) {
  const float ends = g[0] + g[2];
  u[0] = g[0];
  u[1] = 0.5f * (ends + g[1]);
  u[2] = 0.5f * (ends - g[1]);
  u[3] = g[2];
}

void ck_winograd_weights(const float *weight, size_t count, size_t stride, float *u) {
  for (size_t i = 0; i < count; i++, weight += 9) {
    float rows[3][4];
    for (int y = 0; y < 3; y++) transform_weights(weight + 3 * y, rows[y]);
    for (int x = 0; x < 4; x++) {
      const float g[3] = {rows[0][x], rows[1][x], rows[2][x]};
      float column[4];
      transform_weights(g, column);
      for (int y = 0; y < 4; y++) u[(y * 4 + x) * stride + i] = column[y];
    }
  }
}
