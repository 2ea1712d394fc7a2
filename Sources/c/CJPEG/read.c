#include "trap.h"

static const long most_memory = 1L << 30;
static const int most_scans = 100;

static void count_scans(j_common_ptr object) {
  if (((j_decompress_ptr)object)->input_scan_number > most_scans)
    cjpeg_give_up(object, CJPEG_DAMAGED, "it has more than 100 scans");
}

static void open_file(j_decompress_ptr c, const uint8_t *file, size_t length) {
  jpeg_create_decompress(c);
  c->mem->max_memory_to_use = most_memory;
  jpeg_mem_src(c, file, (unsigned long)length);
  jpeg_read_header(c, TRUE);
}

int cjpeg_read_header(const uint8_t *file, size_t length, uint32_t *width, uint32_t *height,
                      int *channels, char *message) {
  trap t;
  struct jpeg_decompress_struct c = {.err = cjpeg_trap(&t, message)};
  if (length == 0) return cjpeg_fail(message, CJPEG_DAMAGED, "the file is empty");
  if (setjmp(t.place) != 0) {
    jpeg_destroy_decompress(&c);
    return t.code;
  }
  open_file(&c, file, length);
  *width = c.image_width;
  *height = c.image_height;
  *channels = c.num_components;
  jpeg_destroy_decompress(&c);
  return CJPEG_OK;
}

// Adobe's programs, which write nearly all CMYK files, store them inverted.
static void convert_cmyk(const uint8_t *cmyk, uint8_t *rgb, uint32_t width, int inverted) {
  for (uint32_t x = 0; x < width; x++, cmyk += 4, rgb += 3) {
    unsigned k = inverted ? cmyk[3] : 255u - cmyk[3];
    for (int i = 0; i < 3; i++) {
      unsigned ink = inverted ? cmyk[i] : 255u - cmyk[i];
      rgb[i] = (uint8_t)((ink * k + 127) / 255);
    }
  }
}

// No local changes after setjmp in the caller: this function owns all that moves.
static void read_pixels(j_decompress_ptr c, uint8_t *rgb, uint32_t width, uint32_t height) {
  if (c->image_width != width || c->image_height != height)
    cjpeg_give_up((j_common_ptr)c, CJPEG_DAMAGED, "the header changed while it was read");
  int is_cmyk = c->num_components == 4;
  c->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  // What decides pixels is set here, so that equal files give equal pixels.
  c->dct_method = JDCT_ISLOW;
  c->do_fancy_upsampling = TRUE;
  c->do_block_smoothing = FALSE;
  jpeg_start_decompress(c);
  if (c->output_width != width || c->output_height != height ||
      c->output_components != (is_cmyk ? 4 : 3))
    cjpeg_give_up((j_common_ptr)c, CJPEG_DAMAGED, "the rows do not become RGB");
  JSAMPARRAY inks =
      is_cmyk ? c->mem->alloc_sarray((j_common_ptr)c, JPOOL_IMAGE, width * 4, 1) : NULL;
  size_t stride = (size_t)width * 3;
  while (c->output_scanline < height) {
    uint8_t *to = rgb + c->output_scanline * stride;
    JSAMPROW row = is_cmyk ? inks[0] : to;
    if (jpeg_read_scanlines(c, &row, 1) != 1)
      cjpeg_give_up((j_common_ptr)c, CJPEG_DAMAGED, "a row cannot be read");
    if (is_cmyk) convert_cmyk(inks[0], to, width, c->saw_Adobe_marker);
  }
  jpeg_finish_decompress(c);
}

int cjpeg_read_rgb(const uint8_t *file, size_t length, uint8_t *rgb, uint32_t width,
                   uint32_t height, char *message) {
  trap t;
  struct jpeg_progress_mgr progress = {.progress_monitor = count_scans};
  struct jpeg_decompress_struct c = {.err = cjpeg_trap(&t, message)};
  if (length == 0) return cjpeg_fail(message, CJPEG_DAMAGED, "the file is empty");
  if (setjmp(t.place) != 0) {
    jpeg_destroy_decompress(&c);
    return t.code;
  }
  open_file(&c, file, length);
  c.progress = &progress;
  read_pixels(&c, rgb, width, height);
  jpeg_destroy_decompress(&c);
  return CJPEG_OK;
}
