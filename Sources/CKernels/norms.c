#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

#pragma clang diagnostic ignored "-Wpsabi"

// Sums over positions, one accumulator a channel; four vectors of channels at a time stay in registers.
#define CK_BLOCK 4

CK_INLINE void channel_sums(const float *x, size_t positions, size_t c, float *sums) {
  size_t j = 0;
  for (; j + CK_BLOCK * CK_LANES <= c; j += CK_BLOCK * CK_LANES) {
    ck_f32x16 s[CK_BLOCK] = {};
    for (size_t p = 0; p < positions; p++)
      for (int k = 0; k < CK_BLOCK; k++) s[k] += ck_load(x + p * c + j + k * CK_LANES);
    for (int k = 0; k < CK_BLOCK; k++) ck_store(sums + j + k * CK_LANES, s[k]);
  }
  for (; j < c; j += CK_LANES) {
    size_t n = c - j < CK_LANES ? c - j : CK_LANES;
    ck_f32x16 s = {};
    for (size_t p = 0; p < positions; p++)
      s += n == CK_LANES ? ck_load(x + p * c + j) : ck_load_part(x + p * c + j, n, 0.0f);
    ck_store_part(sums + j, s, n);
  }
}

CK_INLINE void channel_squares(
    const float *x, size_t positions, size_t c, const float *means, float *sums) {
  size_t j = 0;
  for (; j + CK_BLOCK * CK_LANES <= c; j += CK_BLOCK * CK_LANES) {
    ck_f32x16 s[CK_BLOCK] = {};
    for (size_t p = 0; p < positions; p++)
      for (int k = 0; k < CK_BLOCK; k++) {
        ck_f32x16 d = ck_load(x + p * c + j + k * CK_LANES) - ck_load(means + j + k * CK_LANES);
        s[k] += d * d;
      }
    for (int k = 0; k < CK_BLOCK; k++) ck_store(sums + j + k * CK_LANES, s[k]);
  }
  for (; j < c; j += CK_LANES) {
    size_t n = c - j < CK_LANES ? c - j : CK_LANES;
    ck_f32x16 s = {}, mean = ck_load_part(means + j, n, 0.0f);
    for (size_t p = 0; p < positions; p++) {
      ck_f32x16 d = ck_load_part(x + p * c + j, n, 0.0f) - mean;
      s += d * d;
    }
    ck_store_part(sums + j, s, n);
  }
}

CK_INLINE ck_f32x16 normalised(
    ck_f32x16 x, ck_f32x16 mean, ck_f32x16 scale, ck_f32x16 shift, int silu) {
  ck_f32x16 y = (x - mean) * scale + shift;
  return silu ? ck_swish_lanes(y, 1.0f) : y;
}

CK_INLINE void channel_normalise(
    const float *x, size_t positions, size_t c, const float *means, const float *scales,
    const float *shifts, int silu, float *y) {
  for (size_t p = 0; p < positions; p++) {
    const float *in = x + p * c;
    float *out = y + p * c;
    size_t j = 0;
    for (; j + CK_LANES <= c; j += CK_LANES)
      ck_store(
          out + j, normalised(
                       ck_load(in + j), ck_load(means + j), ck_load(scales + j),
                       ck_load(shifts + j), silu));
    if (j < c) {
      size_t n = c - j;
      ck_store_part(
          out + j,
          normalised(
              ck_load_part(in + j, n, 0.0f), ck_load_part(means + j, n, 0.0f),
              ck_load_part(scales + j, n, 0.0f), ck_load_part(shifts + j, n, 0.0f), silu),
          n);
    }
  }
}

CK_CLONES void ck_channel_sums(const float *x, size_t positions, size_t c, float *sums) {
  channel_sums(x, positions, c, sums);
}

CK_CLONES void ck_channel_squares(
    const float *x, size_t positions, size_t c, const float *means, float *sums) {
  channel_squares(x, positions, c, means, sums);
}

CK_CLONES void ck_channel_normalise(
    const float *x, size_t positions, size_t c, const float *means, const float *scales,
    const float *shifts, int silu, float *y) {
  if (silu)
    channel_normalise(x, positions, c, means, scales, shifts, 1, y);
  else
    channel_normalise(x, positions, c, means, scales, shifts, 0, y);
}

void ck_group_means(
    const float *sums, size_t chunks, size_t c, size_t groups, double count, float *means) {
  size_t width = c / groups;
  for (size_t g = 0; g < groups; g++) {
    double total = 0;
    for (size_t k = 0; k < chunks; k++)
      for (size_t j = 0; j < width; j++) total += (double)sums[k * c + g * width + j];
    float mean = (float)(total / count);
    for (size_t j = 0; j < width; j++) means[g * width + j] = mean;
  }
}

void ck_group_scales(
    const float *squares, size_t chunks, size_t c, size_t groups, double count, float eps,
    const float *gain, float *scales) {
  ck_group_means(squares, chunks, c, groups, count, scales);
  for (size_t j = 0; j < c; j++) {
    double deviation = __builtin_elementwise_sqrt((double)scales[j] + (double)eps);
    scales[j] = gain[j] * (float)(1.0 / deviation);
  }
}

CK_INLINE void layer_norm(
    const float *x, size_t rows, size_t c, const float *gain, const float *shift, float eps,
    float *y) {
  size_t whole = c / CK_LANES * CK_LANES, rest = c - whole;
  for (size_t r = 0; r < rows; r++) {
    const float *in = x + r * c;
    float *out = y + r * c;
    ck_f32x16 sum = {}, squares = {};
    for (size_t j = 0; j < whole; j += CK_LANES) sum += ck_load(in + j);
    if (rest) sum += ck_load_part(in + whole, rest, 0.0f);
    float mean = (float)((double)ck_sum_lanes(sum) / (double)c);
    for (size_t j = 0; j < whole; j += CK_LANES) {
      ck_f32x16 d = ck_load(in + j) - ck_splat(mean);
      squares += d * d;
    }
    if (rest) {
      ck_f32x16 d = ck_load_part(in + whole, rest, mean) - ck_splat(mean);
      squares += d * d;
    }
    double variance = (double)ck_sum_lanes(squares) / (double)c;
    float scale = (float)(1.0 / __builtin_elementwise_sqrt(variance + (double)eps));
    for (size_t j = 0; j < whole; j += CK_LANES)
      ck_store(
          out + j, ((ck_load(in + j) - ck_splat(mean)) * ck_splat(scale)) * ck_load(gain + j) +
                       ck_load(shift + j));
    if (rest)
      ck_store_part(
          out + whole,
          ((ck_load_part(in + whole, rest, 0.0f) - ck_splat(mean)) * ck_splat(scale)) *
                  ck_load_part(gain + whole, rest, 0.0f) +
              ck_load_part(shift + whole, rest, 0.0f),
          rest);
  }
}

CK_CLONES void ck_layer_norm(
    const float *x, size_t rows, size_t c, const float *gain, const float *shift, float eps,
    float *y) {
  layer_norm(x, rows, c, gain, shift, eps, y);
}
