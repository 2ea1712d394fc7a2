#include "message.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct cpng_writer {
  png_structp png;
  png_infop info;
  size_t stride;
  int begun;
  uint8_t *bytes;
  size_t length, capacity;
  char message[CPNG_MESSAGE];
};

static void put(png_structp png, png_bytep data, size_t count) {
  cpng_writer *w = png_get_io_ptr(png);
  if (count > w->capacity - w->length) {
    size_t capacity = w->capacity ? w->capacity : 4096;
    while (capacity - w->length < count) capacity *= 2;
    uint8_t *bytes = realloc(w->bytes, capacity);
    if (!bytes) png_error(png, "out of memory");
    w->bytes = bytes;
    w->capacity = capacity;
  }
  memcpy(w->bytes + w->length, data, count);
  w->length += count;
}

static void flush(png_structp png) { (void)png; }

static int failed(cpng_writer *w, char *message) {
  return cpng_fail(message, CPNG_DAMAGED, w->message);
}

// Every setting that decides bytes is set here, so that equal pixels give equal files.
static void begin(cpng_writer *w, uint32_t width, uint32_t height, int channels) {
  png_set_write_fn(w->png, w, put, flush);
  png_set_user_limits(w->png, 0x7fffffff, 0x7fffffff);
  png_set_IHDR(w->png, w->info, width, height, 8,
               channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  png_set_filter(w->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
  png_set_compression_level(w->png, 6);
  png_set_compression_strategy(w->png, Z_FILTERED);
  png_set_compression_mem_level(w->png, 8);
  png_set_compression_window_bits(w->png, 15);
  png_set_compression_buffer_size(w->png, 65536);
}

int cpng_writer_open(cpng_writer **writer, uint32_t width, uint32_t height, int channels,
                     char *message) {
  *writer = NULL;
  cpng_writer *w = calloc(1, sizeof *w);
  if (!w) return cpng_fail(message, CPNG_NO_MEMORY, "out of memory");
  w->stride = (size_t)width * (size_t)channels;
  w->png = png_create_write_struct(
      PNG_LIBPNG_VER_STRING, w->message, cpng_on_error, cpng_on_warning);
  w->info = w->png ? png_create_info_struct(w->png) : NULL;
  if (!w->info) {
    cpng_writer_close(w);
    return cpng_fail(message, CPNG_NO_MEMORY, "out of memory");
  }
  if (setjmp(png_jmpbuf(w->png))) {
    int code = failed(w, message);
    cpng_writer_close(w);
    return code;
  }
  begin(w, width, height, channels);
  *writer = w;
  return CPNG_OK;
}

int cpng_writer_text(cpng_writer *w, const char *keyword, const char *text, int international,
                     char *message) {
  png_text chunk = {
      .compression = international ? PNG_ITXT_COMPRESSION_NONE : PNG_TEXT_COMPRESSION_NONE,
      .key = (char *)keyword,
      .text = (char *)text,
      .text_length = international ? 0 : strlen(text),
      .itxt_length = international ? strlen(text) : 0,
  };
  if (setjmp(png_jmpbuf(w->png))) return failed(w, message);
  png_set_text(w->png, w->info, &chunk, 1);
  return CPNG_OK;
}

int cpng_writer_rows(cpng_writer *w, const uint8_t *pixels, size_t rows, char *message) {
  if (setjmp(png_jmpbuf(w->png))) return failed(w, message);
  if (!w->begun) {
    w->begun = 1;
    png_write_info(w->png, w->info);
  }
  for (size_t y = 0; y < rows; y++) png_write_row(w->png, pixels + y * w->stride);
  return CPNG_OK;
}

int cpng_writer_finish(cpng_writer *w, const uint8_t **bytes, size_t *length, char *message) {
  if (setjmp(png_jmpbuf(w->png))) return failed(w, message);
  png_write_end(w->png, NULL);
  *bytes = w->bytes;
  *length = w->length;
  return CPNG_OK;
}

void cpng_writer_close(cpng_writer *w) {
  if (!w) return;
  png_destroy_write_struct(&w->png, &w->info);
  free(w->bytes);
  free(w);
}
