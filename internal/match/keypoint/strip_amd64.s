#include "textflag.h"

// Fields of strip.
#define vs     0
#define energy 8
#define u      16
#define v      20
#define du     24
#define dv     28
#define uEnd   32
#define vEnd   36
#define stride 40
#define along  44
#define across 48

DATA steps<>+0(SB)/8, $0x0000000100000000
DATA steps<>+8(SB)/8, $0x0000000300000002
DATA steps<>+16(SB)/8, $0x0000000500000004
DATA steps<>+24(SB)/8, $0x0000000700000006
GLOBL steps<>(SB), RODATA|NOPTR, $32

// The first two bytes of each number as words.
DATA bytes<>+0(SB)/8, $0x8005800480018000
DATA bytes<>+8(SB)/8, $0x800d800c80098008
DATA bytes<>+16(SB)/8, $0x8005800480018000
DATA bytes<>+24(SB)/8, $0x800d800c80098008
GLOBL bytes<>(SB), RODATA|NOPTR, $32

DATA whole<>+0(SB)/4, $127
DATA whole<>+4(SB)/4, $128
DATA whole<>+8(SB)/4, $32
DATA whole<>+12(SB)/4, $0x200000
DATA whole<>+16(SB)/4, $0x4000
DATA whole<>+20(SB)/4, $-127
DATA whole<>+24(SB)/4, $255
DATA whole<>+28(SB)/4, $0x1000000
GLOBL whole<>(SB), RODATA|NOPTR, $32

// SHARES makes of places p the pairs of words 128-f and f, f being the seven highest bits of the fraction.
#define SHARES(p, w, t) \
	VPSRLD  $9, p, w; \
	VPAND   Y15, w, w; \
	VPSUBD  w, Y14, t; \
	VPSLLD  $16, w, w; \
	VPOR    t, w, w

// MIX interpolates pairs of words, a of the upper row and b of the lower one, by the shares in Y4 and Y5; the answer is in a.
#define MIX(a, b) \
	VPMADDWD Y4, a, a; \
	VPMADDWD Y4, b, b; \
	VPSLLD   $16, b, b; \
	VPBLENDW $0xaa, b, a, a; \
	VPMADDWD Y5, a, a

// TURN leaves in t the sum of both parts in p times those in w, as a byte.
#define TURN(p, w, t) \
	VPMADDWD     w, p, t; \
	VPBROADCASTD whole<>+12(SB), Y8; \
	VPADDD       Y8, t, t; \
	VPSRAD       $22, t, t; \
	VPBROADCASTD whole<>+20(SB), Y8; \
	VPMAXSD      Y8, t, t; \
	VPMINSD      Y15, t, t; \
	VPBROADCASTD whole<>+24(SB), Y8; \
	VPAND        Y8, t, t

// func strip8(out *texel, s *strip, n int)
TEXT ·strip8(SB), NOSPLIT, $0-24
	MOVQ         out+0(FP), DI
	MOVQ         s+8(FP), AX
	MOVQ         n+16(FP), CX
	MOVQ         vs(AX), BX
	MOVQ         energy(AX), DX
	MOVLQSX      stride(AX), R8
	LEAQ         (BX)(R8*2), R9
	LEAQ         (DX)(R8*1), R10
	VPBROADCASTD du(AX), Y12
	VPMULLD      steps<>(SB), Y12, Y0
	VPBROADCASTD u(AX), Y10
	VPADDD       Y0, Y10, Y10
	VPSLLD       $3, Y12, Y12
	VPBROADCASTD dv(AX), Y13
	VPMULLD      steps<>(SB), Y13, Y0
	VPBROADCASTD v(AX), Y11
	VPADDD       Y0, Y11, Y11
	VPSLLD       $3, Y13, Y13
	VPBROADCASTD whole<>+0(SB), Y15
	VPBROADCASTD whole<>+4(SB), Y14

loop:
	// Which points lie inside.
	VPCMPEQD     Y9, Y9, Y9
	VPCMPGTD     Y9, Y10, Y0
	VPCMPGTD     Y9, Y11, Y1
	VPAND        Y1, Y0, Y9
	VPBROADCASTD uEnd(AX), Y0
	VPCMPGTD     Y10, Y0, Y0
	VPAND        Y0, Y9, Y9
	VPBROADCASTD vEnd(AX), Y0
	VPCMPGTD     Y11, Y0, Y0
	VPAND        Y0, Y9, Y9

	// Where they lie.
	VPBROADCASTD stride(AX), Y0
	VPSRAD       $16, Y11, Y1
	VPMULLD      Y0, Y1, Y1
	VPSRAD       $16, Y10, Y0
	VPADDD       Y0, Y1, Y3
	SHARES(Y10, Y4, Y0)
	SHARES(Y11, Y5, Y0)

	// Both parts of the direction of the pixel and its right neighbour; the same below.
	VMOVDQA    Y9, Y2
	VPXOR      Y0, Y0, Y0
	VPGATHERDD Y2, (BX)(Y3*2), Y0
	VMOVDQA    Y9, Y2
	VPXOR      Y1, Y1, Y1
	VPGATHERDD Y2, (R9)(Y3*2), Y1
	VPSLLW     $8, Y0, Y6
	VPSRAW     $8, Y6, Y6
	VPSLLW     $8, Y1, Y7
	VPSRAW     $8, Y7, Y7
	MIX(Y6, Y7)
	VPSRAW     $8, Y0, Y0
	VPSRAW     $8, Y1, Y1
	MIX(Y0, Y1)
	VPBROADCASTD whole<>+8(SB), Y8
	VPADDD     Y8, Y6, Y6
	VPSRAD     $6, Y6, Y6
	VPADDD     Y8, Y0, Y0
	VPSRAD     $6, Y0, Y0
	VPSLLD     $16, Y0, Y0
	VPBLENDW   $0xaa, Y0, Y6, Y6
	VPBROADCASTD along(AX), Y7
	TURN(Y6, Y7, Y0)
	VPBROADCASTD across(AX), Y7
	TURN(Y6, Y7, Y1)
	VPSLLD     $8, Y0, Y0
	VPSLLD     $16, Y1, Y1
	VPOR       Y1, Y0, Y6

	// Strength.
	VMOVDQA    Y9, Y2
	VPXOR      Y0, Y0, Y0
	VPGATHERDD Y2, (DX)(Y3*1), Y0
	VMOVDQA    Y9, Y2
	VPXOR      Y1, Y1, Y1
	VPGATHERDD Y2, (R10)(Y3*1), Y1
	VPSHUFB    bytes<>(SB), Y0, Y0
	VPSHUFB    bytes<>(SB), Y1, Y1
	MIX(Y0, Y1)
	VPBROADCASTD whole<>+16(SB), Y8
	VPADDD     Y8, Y0, Y0
	VPSRAD     $15, Y0, Y0
	VPOR       Y6, Y0, Y0
	VPBROADCASTD whole<>+28(SB), Y8
	VPOR       Y8, Y0, Y0
	VPAND      Y9, Y0, Y0
	VMOVDQU    Y0, (DI)
	ADDQ       $32, DI
	VPADDD     Y12, Y10, Y10
	VPADDD     Y13, Y11, Y11
	SUBQ       $8, CX
	JNZ        loop
	VZEROUPPER
	RET
