#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include "vector.h"

void ck_compose_rows(
    const float *source, size_t source_tokens, const float *own, size_t own_tokens, size_t rows,
    const ck_column *columns, size_t count, const int32_t *tokens, const float *shares, float *y) {
  for (size_t r = 0; r < rows; r++) {
    const float *from = source ? source + r * source_tokens : 0;
    const float *mine = own ? own + r * own_tokens : 0;
    for (size_t n = 0; n < count; n++) {
      float value;
      if (columns[n].own) {
        value = mine[n];
      } else {
        // The sum starts at its first product, so that a single share of 1 keeps every bit.
        size_t k = columns[n].first, end = k + columns[n].shares;
        value = k < end ? shares[k] * from[tokens[k]] : 0.0f;
        for (k++; k < end; k++) value = value + shares[k] * from[tokens[k]];
      }
      y[r * count + n] = columns[n].factor * value;
    }
  }
}

CK_CLONES void ck_head_mean(
    const float *const *heads, size_t count, size_t queries, size_t tokens, size_t y_stride,
    float *y) {
  float divisor = (float)count;
  for (size_t q = 0; q < queries; q++)
    for (size_t t = 0; t < tokens; t++) {
      float sum = heads[0][q * tokens + t];
      for (size_t h = 1; h < count; h++) sum = sum + heads[h][q * tokens + t];
      y[t * y_stride + q] = sum / divisor;
    }
}
