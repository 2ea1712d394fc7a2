#pragma once
#include "CPNG.h"
#include <png.h>
#include <stdio.h>

static inline int cpng_fail(char *message, int code, const char *text) {
  snprintf(message, CPNG_MESSAGE, "%s", text);
  return code;
}

// libpng's two callbacks; the error pointer is the caller's message buffer.
static inline _Noreturn void cpng_on_error(png_structp png, png_const_charp text) {
  snprintf(png_get_error_ptr(png), CPNG_MESSAGE, "%s", text);
  png_longjmp(png, 1);
}

static inline void cpng_on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}
