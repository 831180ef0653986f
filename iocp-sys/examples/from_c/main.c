#include <stddef.h>
#include <stdio.h>

size_t post_and_take(size_t key);

int main(void) {
    size_t key = post_and_take(42);
    printf("%u\n", (unsigned)key);
    return key == 42 ? 0 : 1;
}
