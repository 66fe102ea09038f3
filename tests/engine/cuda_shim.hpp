// What CUDA defines and a C++ compiler does not, and a launch whose threads take turns on one CPU.

#include <cmath>
#include <memory>
#include <setjmp.h>
#include <ucontext.h>
#include <vector>
#define __global__
#define __device__ static inline
#define __shared__ static
using std::cos; using std::exp; using std::log; using std::log1p;
using std::sin; using std::sqrt; using std::tanh;
struct Index { unsigned x; };
static Index blockIdx, threadIdx, blockDim;

typedef long long Word;
#define TEN(k) Word, Word, Word, Word, Word, Word, Word, Word, Word, Word
#define GIVEN(k) given[k], given[k + 1], given[k + 2], given[k + 3], given[k + 4], given[k + 5], \
    given[k + 6], given[k + 7], given[k + 8], given[k + 9]
typedef void (*Kernel)(TEN(0), TEN(1), TEN(2));
static Kernel kernel;
static Word given[30];
static void thread() { kernel(GIVEN(0), GIVEN(10), GIVEN(20)); }

// A fibre is made once and goes through one thread after the other.  The system's contexts only make it:
// from then on it jumps, which takes no call of the system.
static const size_t STACK = 1 << 16;
struct Fibre {
    ucontext_t made;
    jmp_buf where;
    bool begun;
    char stack[STACK];
};
static std::vector<std::unique_ptr<Fibre>> fibres;
static jmp_buf outside;
static std::vector<char> ended;
static bool alone, lost;  // no thread of this block waits; one did after all
static void leave() {
    if (!_setjmp(fibres[threadIdx.x]->where)) _longjmp(outside, 1);
}
static void fibre() {
    for (;;) {
        thread();
        ended[threadIdx.x] = 1;
        leave();
    }
}
static void __syncthreads() {
    if (alone) lost = true;
    else leave();
}
static void resume(unsigned t) {
    threadIdx.x = t;
    while (t >= fibres.size()) fibres.emplace_back(new Fibre());
    Fibre& f = *fibres[t];
    if (_setjmp(outside)) return;
    if (f.begun) _longjmp(f.where, 1);
    f.begun = true;
    getcontext(&f.made);
    f.made.uc_stack.ss_sp = f.stack;
    f.made.uc_stack.ss_size = STACK;
    makecontext(&f.made, fibre, 0);
    setcontext(&f.made);
}
static unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return (unsigned __int128)a * b >> 64;
}
static bool block(unsigned threads, bool backwards) {
    auto number = [=](unsigned t) { return backwards ? threads - 1 - t : t; };
    ended.assign(threads, 0);
    alone = false;
    resume(number(0));
    if ((alone = ended[number(0)])) {
        for (unsigned t = 1; t < threads; t++) threadIdx.x = number(t), thread();
        return !lost;
    }
    for (unsigned t = 1; t < threads; t++) resume(number(t));
    for (;;) {
        unsigned done = 0;
        for (char e : ended) done += e;
        if (done == threads) return true;
        if (done) return false;
        for (unsigned t = 0; t < threads; t++) resume(number(t));
    }
}

// 0, or 1 where a thread waits for others that have ended.
extern "C" int launch(
    Kernel chosen, unsigned blocks, unsigned threads, bool backwards, const Word* words, int count
) {
    kernel = chosen;
    lost = false;
    for (int k = 0; k < count; k++) given[k] = words[k];
    blockDim.x = threads;
    for (blockIdx.x = 0; blockIdx.x < blocks; blockIdx.x++)
        if (!block(threads, backwards)) return fibres.clear(), 1;
    return 0;
}
