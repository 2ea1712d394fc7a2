#include "message.h"
#include <string.h>

typedef struct {
  const uint8_t *next;
  size_t left;
} input;

static void take(png_structp png, png_bytep out, size_t count) {
  input *in = png_get_io_ptr(png);
  if (count > in->left) png_error(png, "the file ends early");
  memcpy(out, in->next, count);
  in->next += count;
  in->left -= count;
}

// No local changes after setjmp in the caller: this function owns all that moves.
static void read_pixels(png_structp png, png_infop info, uint8_t *pixels, uint32_t width,
                        uint32_t height, int channels) {
  // Text, colour profiles and times are not libpng's business here, so none of them can fail.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_set_chunk_malloc_max(png, 0x7fffffff);
  png_set_user_limits(png, width, height);
  png_read_info(png, info);
  if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
    png_error(png, "the header changed while it was read");
  png_set_expand(png);
  png_set_scale_16(png);
  png_set_gray_to_rgb(png);
  if (channels == 3) {
    png_set_strip_alpha(png);
  } else if (!(png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) &&
             !png_get_valid(png, info, PNG_INFO_tRNS)) {
    png_set_add_alpha(png, 0xff, PNG_FILLER_AFTER);
  }
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  size_t stride = (size_t)width * (size_t)channels;
  if (png_get_rowbytes(png, info) != stride) png_error(png, "the rows do not become RGB");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < height; y++) png_read_row(png, pixels + y * stride, NULL);
  png_read_end(png, NULL);
}

int cpng_read(const uint8_t *file, size_t length, uint8_t *pixels, uint32_t width, uint32_t height,
              int channels, char *message) {
  input in = {file, length};
  png_structp png =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, message, cpng_on_error, cpng_on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return cpng_fail(message, CPNG_NO_MEMORY, "out of memory");
  }
  volatile int code = CPNG_DAMAGED;
  if (setjmp(png_jmpbuf(png)) == 0) {
    png_set_read_fn(png, &in, take);
    read_pixels(png, info, pixels, width, height, channels);
    code = CPNG_OK;
  }
  png_destroy_read_struct(&png, &info, NULL);
  return code;
}
