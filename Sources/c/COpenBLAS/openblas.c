#define _GNU_SOURCE
#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

// Of cblas.h: row by row; as it is; transposed.
enum { ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112 };
// What openblas_get_parallel says of builds with threads of POSIX.
enum { POSIX_THREADS = 1 };

typedef void sgemm_function(
    int order, int of_a, int of_b, int m, int n, int k, float alpha, const float *a, int lda,
    const float *b, int ldb, float beta, float *c, int ldc);
typedef char *text_function(void);
typedef int number_function(void);

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char reason[512];
static const char *config, *core;
static sgemm_function *sgemm;

static void open_library(void) {
  // Threads are ours. Blocks follow the core alone, which the library names, not what a shell was told.
  setenv("OPENBLAS_NUM_THREADS", "1", 1);
  setenv("OPENBLAS_L2_SIZE", "512", 1);
  unsetenv("OPENBLAS_BLOCK_FACTOR");
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *why = dlerror();
    snprintf(reason, sizeof reason, "%s", why ? why : "libopenblas.so.0 does not open");
    return;
  }
  text_function *get_config = (text_function *)dlsym(library, "openblas_get_config");
  text_function *get_core = (text_function *)dlsym(library, "openblas_get_corename");
  number_function *get_parallel = (number_function *)dlsym(library, "openblas_get_parallel");
  sgemm = (sgemm_function *)dlsym(library, "cblas_sgemm");
  if (!get_config || !get_core || !get_parallel || !sgemm) {
    snprintf(reason, sizeof reason, "libopenblas.so.0 lacks a function that OpenBLAS has");
    return;
  }
  config = get_config();
  core = get_core();
  if (get_parallel() != POSIX_THREADS)
    snprintf(
        reason, sizeof reason, "%s is no build with threads of POSIX, which may be called by many",
        config);
}

const char *cob_open(void) {
  pthread_once(&once, open_library);
  return reason[0] ? reason : NULL;
}

const char *cob_config(void) { return config; }

const char *cob_core(void) { return core; }

void cob_multiply(
    const float *x, size_t rows, size_t x_stride, const float *w, size_t outputs, size_t w_stride,
    size_t depth, float *y, size_t y_stride, int adds) {
  sgemm(
      ROW_MAJOR, AS_IT_IS, TRANSPOSED, (int)rows, (int)outputs, (int)depth, 1.0f, x,
      (int)x_stride, w, (int)w_stride, adds ? 1.0f : 0.0f, y, (int)y_stride);
}
