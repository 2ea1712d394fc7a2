// OpenBLAS, opened while a program runs and never linked: programs start where there is none.
//
// The law of this library: what a product gives depends on its own arguments, the library and the core
// that it names, and on nothing else. It runs on the calling thread alone, and what the environment
// says of blocks is not heard. Calls may come from several threads at a time.
#pragma once
#include <stddef.h>

// Opens libopenblas.so.0, once in a process. Null, or why it cannot be used. It changes the
// environment, so it is called before other threads read that.
const char *cob_open(void);

// What the opened library says of itself: name, version and options; and whose kernels it chose.
const char *cob_config(void);
const char *cob_core(void);

// y (rows, outputs) = x (rows, depth) · wᵀ, w (outputs, depth), or the same added to y where `adds`.
// Rows of x, w and y begin so many numbers apart. Once it is open.
void cob_multiply(
    const float *x, size_t rows, size_t x_stride, const float *w, size_t outputs, size_t w_stride,
    size_t depth, float *y, size_t y_stride, int adds);
