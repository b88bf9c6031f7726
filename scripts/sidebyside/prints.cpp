// Prints the PDQ hash, its quality and the milliseconds of processor time from
// the file on, for each file named, by Meta's C++ reference (pdq/cpp).
#include <pdq/cpp/io/pdqio.h>

#include <cstdio>
#include <ctime>

static double processorMs() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int count, char** names) {
  for (int i = 1; i < count; i++) {
    facebook::pdq::hashing::Hash256 hash;
    int quality, pixels;
    float reading, hashing;
    double start = processorMs();
    if (!facebook::pdq::hashing::pdqHash256FromFile(names[i], hash, quality, pixels, reading, hashing)) {
      fprintf(stderr, "%s: cannot be read\n", names[i]);
      return 1;
    }
    printf("%s\t%d\t%.3f\t%s\n", hash.format().c_str(), quality, processorMs() - start, names[i]);
  }
}
