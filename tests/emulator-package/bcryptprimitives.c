// A Windows library that wine has only since version 9. Rust's standard library takes its random numbers from it; with
// this one beside the program, the program runs in older wines. For tests alone.
int __stdcall SystemFunction036(void *buffer, unsigned long length);

__declspec(dllexport) int ProcessPrng(void *buffer, unsigned long long length) {
  return SystemFunction036(buffer, (unsigned long)length);
}
