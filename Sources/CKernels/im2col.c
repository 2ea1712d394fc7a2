#pragma STDC FP_CONTRACT OFF
#include "CKernels.h"
#include <string.h>

void ck_im2col(
    const float *x, const ck_window *w, size_t first, size_t count, float *panel) {
  const ptrdiff_t height = (ptrdiff_t)w->height, width = (ptrdiff_t)w->width;
  const size_t c = w->channels, run = w->kernel_width * c;
  for (size_t p = first; p < first + count; p++) {
    ptrdiff_t y0 = (ptrdiff_t)(p / w->out_width * w->stride) - (ptrdiff_t)w->padding;
    ptrdiff_t x0 = (ptrdiff_t)(p % w->out_width * w->stride) - (ptrdiff_t)w->padding;
    ptrdiff_t left = x0 < 0 ? -x0 : 0, end = x0 + (ptrdiff_t)w->kernel_width;
    ptrdiff_t right = end > width ? end - width : 0;
    for (size_t ky = 0; ky < w->kernel_height; ky++, panel += run) {
      ptrdiff_t yy = y0 + (ptrdiff_t)ky, seen = (ptrdiff_t)w->kernel_width - left - right;
      if (yy < 0 || yy >= height || seen <= 0) {
        memset(panel, 0, run * sizeof *panel);
        continue;
      }
      // Neighbouring columns lie side by side in memory, so one copy takes the whole kernel row.
      const float *from = x + (size_t)(yy * width + x0 + left) * c;
      if (left) memset(panel, 0, (size_t)left * c * sizeof *panel);
      memcpy(panel + (size_t)left * c, from, (size_t)seen * c * sizeof *panel);
      if (right)
        memset(panel + (size_t)(left + seen) * c, 0, (size_t)right * c * sizeof *panel);
    }
  }
}

void ck_pack_convolution(
    const float *weight, size_t outputs, size_t inputs, size_t taps, float *packed) {
  for (size_t o = 0; o < outputs; o++)
    for (size_t t = 0; t < taps; t++)
      for (size_t i = 0; i < inputs; i++)
        packed[(o * taps + t) * inputs + i] = weight[(o * inputs + i) * taps + t];
}
