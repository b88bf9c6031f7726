#include "textflag.h"

// COUNT folds eight slots at offset off and counts the bits that differ from
// the code in Z0 and Z1. The table 0xF6 is: A or (B xor C).
#define COUNT(off, z) \
	VPXORQ     off(SI), Z0, z;        \
	VPTERNLOGQ $0xF6, off(DI), Z1, z; \
	VPOPCNTQ   z, z

// MARK appends eight bits to R9: the counts in z not above the radius.
#define MARK(z) \
	VPCMPUQ $2, Z2, z, K1; \
	KMOVW   K1, R8;        \
	SHLQ    $8, R9;        \
	ORQ     R8, R9

// func mark512(a, b *[blockLen]uint64, words int, q0, q1 uint64, radius int, near *mask) uint64
TEXT ·mark512(SB), NOSPLIT, $0-64
	MOVQ         a+0(FP), SI
	MOVQ         b+8(FP), DI
	MOVQ         words+16(FP), CX
	VPBROADCASTQ q0+24(FP), Z0
	VPBROADCASTQ q1+32(FP), Z1
	VPBROADCASTQ radius+40(FP), Z2
	MOVQ         near+48(FP), DX
	XORQ         AX, AX
	TESTQ        CX, CX
	JZ           done512

loop512:
	COUNT(0, Z4)
	COUNT(64, Z5)
	COUNT(128, Z6)
	COUNT(192, Z7)
	COUNT(256, Z8)
	COUNT(320, Z9)
	COUNT(384, Z10)
	COUNT(448, Z11)
	VPMINUQ Z4, Z5, Z12
	VPMINUQ Z6, Z7, Z13
	VPMINUQ Z8, Z9, Z14
	VPMINUQ Z10, Z11, Z15
	VPMINUQ Z12, Z13, Z12
	VPMINUQ Z14, Z15, Z14
	VPMINUQ Z12, Z14, Z12
	XORQ    R9, R9
	VPCMPUQ $2, Z2, Z12, K1
	KMOVW   K1, R8
	TESTQ   R8, R8
	JNZ     near512

next512:
	MOVQ R9, (DX)
	ORQ  R9, AX
	ADDQ $512, SI
	ADDQ $512, DI
	ADDQ $8, DX
	DECQ CX
	JNZ  loop512

done512:
	VZEROUPPER
	MOVQ AX, ret+56(FP)
	RET

near512:
	MARK(Z11)
	MARK(Z10)
	MARK(Z9)
	MARK(Z8)
	MARK(Z7)
	MARK(Z6)
	MARK(Z5)
	MARK(Z4)
	JMP next512

// nibble is the number of bits of each value of four bits, twice.
DATA nibble<>+0(SB)/8, $0x0302020102010100
DATA nibble<>+8(SB)/8, $0x0403030203020201
DATA nibble<>+16(SB)/8, $0x0302020102010100
DATA nibble<>+24(SB)/8, $0x0403030203020201
GLOBL nibble<>(SB), RODATA|NOPTR, $32

DATA fifteen<>+0(SB)/8, $0x0f0f0f0f0f0f0f0f
GLOBL fifteen<>(SB), RODATA|NOPTR, $8

// FOLD folds four slots at offset off, counts, and keeps the minimum in Y7.
#define FOLD(off) \
	VPXOR   off(SI), Y0, Y8; \
	VPXOR   off(DI), Y1, Y9; \
	VPOR    Y8, Y9, Y8;      \
	VPSRLW  $4, Y8, Y9;      \
	VPAND   Y8, Y4, Y8;      \
	VPAND   Y9, Y4, Y9;      \
	VPSHUFB Y8, Y3, Y8;      \
	VPSHUFB Y9, Y3, Y9;      \
	VPADDB  Y8, Y9, Y8;      \
	VPSADBW Y8, Y6, Y8;      \
	VPMINUD Y8, Y7, Y7

// func flag256(a, b *[blockLen]uint64, words int, q0, q1 uint64, radius int) uint64
TEXT ·flag256(SB), NOSPLIT, $0-56
	MOVQ         a+0(FP), SI
	MOVQ         b+8(FP), DI
	MOVQ         words+16(FP), CX
	VPBROADCASTQ q0+24(FP), Y0
	VPBROADCASTQ q1+32(FP), Y1
	VPBROADCASTQ radius+40(FP), Y2
	VMOVDQU      nibble<>(SB), Y3
	VPBROADCASTQ fifteen<>(SB), Y4
	VPXOR        Y6, Y6, Y6
	XORQ         AX, AX
	MOVQ         $1, BX
	TESTQ        CX, CX
	JZ           done256

loop256:
	VPCMPEQD Y7, Y7, Y7
	MOVQ     $4, R10

quarter256:
	FOLD(0)
	FOLD(32)
	FOLD(64)
	FOLD(96)
	ADDQ $128, SI
	ADDQ $128, DI
	DECQ R10
	JNZ  quarter256

	// The upper halves of the counts are zero, so compare whole lanes.
	VPCMPGTQ  Y2, Y7, Y8
	VPMOVMSKB Y8, R8
	CMPL      R8, $-1
	JEQ       next256
	ORQ       BX, AX

next256:
	SHLQ $1, BX
	DECQ CX
	JNZ  loop256

done256:
	VZEROUPPER
	MOVQ AX, ret+48(FP)
	RET
