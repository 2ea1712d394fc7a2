#pragma once

/// Where the program begins, as SwiftPM names it: hands over to libFuzzer's driver.
int fuzz_main(int count, char **arguments);
