// libjpeg-turbo behind plain functions. Every setjmp starts and ends inside one of them, nothing
// calls back, no function keeps a caller's pointer, and none ends the process. Each returns CJPEG_OK
// or another code and then leaves a sentence without a full stop in `message`, which holds
// CJPEG_MESSAGE bytes.
#pragma once
#include <stddef.h>
#include <stdint.h>

#define CJPEG_MESSAGE 256

enum {
  CJPEG_OK = 0,
  CJPEG_DAMAGED = 1,    // the input is not a whole, valid file
  CJPEG_NO_MEMORY = 2,  // an allocation failed, or the file wants more than is given
};

// Reads the header alone: the picture's size and its colour channels (1 grey, 3 colour, 4 CMYK).
int cjpeg_read_header(const uint8_t *file, size_t length, uint32_t *width, uint32_t *height,
                      int *channels, char *message);

// Decodes a whole file into `width * height * 3` bytes of RGB, by the exact integer transform. Grey
// is expanded, CMYK converted without a profile, and no orientation is applied. `width` and `height`
// are what the caller read in the header and allocated for. What a viewer would paper over is an
// error: missing or undecodable data, and more than 100 scans.
int cjpeg_read_rgb(const uint8_t *file, size_t length, uint8_t *rgb, uint32_t width,
                   uint32_t height, char *message);
