#include "textflag.h"

// Fields of job and post.
#define dst     0
#define dstStep 8
#define src     16
#define srcStep 24
#define rowStep 32
#define rows    40
#define steps   48
#define weights 56
#define after   64
#define src2     72
#define dst2     80
#define weights2 88
#define after2   96
#define size     104
#define mask     112
#define bias    64
#define low     128
#define high    132

// PIXEL adds a pair of values at address a times the weights in Y8 and Y9 to the sums p and q.
#define PIXEL(a, p, q) \
	VPBROADCASTD a, Y10;       \
	VPMADDWD     Y8, Y10, Y11; \
	VPMADDWD     Y9, Y10, Y12; \
	VPADDD       Y11, p, p;    \
	VPADDD       Y12, q, q

// FINISH scales the sums p and q, adds the bias, bounds, rounds and stores 16 channels at DI.
#define FINISH(p, q) \
	VCVTDQ2PS p, p;               \
	VCVTDQ2PS q, q;               \
	VMULPS    (DX), p, p;         \
	VMULPS    32(DX), q, q;       \
	VADDPS    bias(DX), p, p;     \
	VADDPS    (bias+32)(DX), q, q; \
	VMAXPS    Y8, p, p;           \
	VMAXPS    Y8, q, q;           \
	VMINPS    Y9, p, p;           \
	VMINPS    Y9, q, q;           \
	VCVTPS2DQ p, p;               \
	VCVTPS2DQ q, q;               \
	VPACKSSDW q, p, p;            \
	VPERMQ    $0xd8, p, p;        \
	VMOVDQU   p, (DI);            \
	ADDQ      BX, DI

// func tileAVX2(j *job)
TEXT ·tileAVX2(SB), NOSPLIT, $0-8
	MOVQ  j+0(FP), AX
	MOVQ  src(AX), SI
	MOVQ  srcStep(AX), R10
	LEAQ  (R10)(R10*2), R11
	MOVQ  rowStep(AX), R12
	MOVQ  rows(AX), CX
	MOVQ  weights(AX), R9
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7

row256:
	MOVQ SI, R8
	MOVQ steps(AX), R13

pair256:
	VMOVDQU (R9), Y8
	VMOVDQU 32(R9), Y9
	PIXEL((R8), Y0, Y1)
	PIXEL((R8)(R10*1), Y2, Y3)
	PIXEL((R8)(R10*2), Y4, Y5)
	PIXEL((R8)(R11*1), Y6, Y7)
	ADDQ    $64, R9
	ADDQ    $4, R8
	DECQ    R13
	JNZ     pair256
	ADDQ    R12, SI
	DECQ    CX
	JNZ     row256

	MOVQ         dst(AX), DI
	MOVQ         dstStep(AX), BX
	MOVQ         after(AX), DX
	VBROADCASTSS low(DX), Y8
	VBROADCASTSS high(DX), Y9
	FINISH(Y0, Y1)
	FINISH(Y2, Y3)
	FINISH(Y4, Y5)
	FINISH(Y6, Y7)
	VZEROUPPER
	RET

// What follows computes a pair of groups, eight pixels: those of the first group are R10 apart from R8, those of the second
// from DI. R9 leads through the weights of sixteen channels, BX through those of the next sixteen.

#define BEGIN512 \
	MOVQ j+0(FP), AX;       \
	MOVQ src(AX), SI;       \
	MOVQ src2(AX), DX;      \
	MOVQ srcStep(AX), R10;  \
	LEAQ (R10)(R10*2), R11; \
	MOVQ rowStep(AX), R12;  \
	MOVQ rows(AX), CX;      \
	MOVQ weights(AX), R9;   \
	MOVQ weights2(AX), BX

#define ROW512 \
	MOVQ SI, R8; \
	MOVQ DX, DI; \
	MOVQ steps(AX), R13

#define STEP512 \
	ADDQ $64, R9; \
	ADDQ $4, R8;  \
	ADDQ $4, DI;  \
	DECQ R13

#define NEXT512 \
	ADDQ R12, SI; \
	ADDQ R12, DX; \
	DECQ CX

#define CLEAR512(a, b, c, d, e, f, g, h) \
	VPXORQ a, a, a; \
	VPXORQ b, b, b; \
	VPXORQ c, c, c; \
	VPXORQ d, d, d; \
	VPXORQ e, e, e; \
	VPXORQ f, f, f; \
	VPXORQ g, g, g; \
	VPXORQ h, h, h

// WORD512 adds the two words at address a times the weights in Z16 to p, BYTE512 the four bytes.
#define WORD512(a, p) \
	VPDPWSSD.BCST a, Z16, p

#define BYTE512(a, p) \
	VPBROADCASTD a, Z18;      \
	VPDPBUSD     Z16, Z18, p

#define ONES512(one) \
	VMOVDQU32 (R9), Z16;    \
	one((R8), Z0);          \
	one((R8)(R10*1), Z1);   \
	one((R8)(R10*2), Z2);   \
	one((R8)(R11*1), Z3);   \
	one((DI), Z4);          \
	one((DI)(R10*1), Z5);   \
	one((DI)(R10*2), Z6);   \
	one((DI)(R11*1), Z7)

// TWO512 adds what lies at address a, times the weights in Z16 to p and times those in Z17 to q; op is the instruction.
#define TWO512(op, a, p, q) \
	VPBROADCASTD a, Z18;      \
	op           Z16, Z18, p; \
	op           Z17, Z18, q

#define TWOS512(op) \
	VMOVDQU32 (R9), Z16;              \
	VMOVDQU32 (BX), Z17;              \
	ADDQ      $64, BX;                \
	TWO512(op, (R8), Z0, Z8);         \
	TWO512(op, (R8)(R10*1), Z1, Z9);  \
	TWO512(op, (R8)(R10*2), Z2, Z10); \
	TWO512(op, (R8)(R11*1), Z3, Z11); \
	TWO512(op, (DI), Z4, Z12);        \
	TWO512(op, (DI)(R10*1), Z5, Z13); \
	TWO512(op, (DI)(R10*2), Z6, Z14); \
	TWO512(op, (DI)(R11*1), Z7, Z15)

// SCALE512 turns sixteen sums into activations as Z16 to Z19 say.
#define SCALE512(p) \
	VCVTDQ2PS p, p;      \
	VMULPS    Z16, p, p; \
	VADDPS    Z17, p, p; \
	VMAXPS    Z18, p, p; \
	VMINPS    Z19, p, p; \
	VCVTPS2DQ p, p

// SCALES512 does so with the sums of eight pixels; field tells where their scale, bias and bounds are.
#define SCALES512(field, a, b, c, d, e, f, g, h) \
	MOVQ         field(AX), DX;   \
	VMOVUPS      (DX), Z16;       \
	VMOVUPS      bias(DX), Z17;   \
	VBROADCASTSS low(DX), Z18;    \
	VBROADCASTSS high(DX), Z19;   \
	SCALE512(a);                  \
	SCALE512(b);                  \
	SCALE512(c);                  \
	SCALE512(d);                  \
	SCALE512(e);                  \
	SCALE512(f);                  \
	SCALE512(g);                  \
	SCALE512(h)

// PLACES512 tells where the results go, and compares their size with a byte.
#define PLACES512 \
	MOVQ  dst(AX), R8;        \
	MOVQ  dst2(AX), DI;       \
	MOVQ  dstStep(AX), BX;    \
	LEAQ  (BX)(BX*2), R11;    \
	MOVQ  mask(AX), R12;      \
	KMOVW R12, K1;            \
	CMPQ  size(AX), $1

// WORDS512 stores a group as words, BYTES512 as bytes where the mask k allows it, both from the offset at on.
#define WORDS512(at, to, a, b, c, d, e, f, g, h) \
	VPMOVSDW a, b;             \
	VPMOVSDW c, d;             \
	VPMOVSDW e, f;             \
	VPMOVSDW g, h;             \
	VMOVDQU  b, at(to);         \
	VMOVDQU  d, at(to)(BX*1);   \
	VMOVDQU  f, at(to)(BX*2);   \
	VMOVDQU  h, at(to)(R11*1)

#define BYTES512(k, at, to, a, b, c, d, e, f, g, h) \
	VPMOVUSDB a, b;                \
	VPMOVUSDB c, d;                \
	VPMOVUSDB e, f;                \
	VPMOVUSDB g, h;                \
	VMOVDQU8  b, k, at(to);        \
	VMOVDQU8  d, k, at(to)(BX*1);  \
	VMOVDQU8  f, k, at(to)(BX*2);  \
	VMOVDQU8  h, k, at(to)(R11*1)

// func wordsVNNI(j *job)
TEXT ·wordsVNNI(SB), NOSPLIT, $0-8
	BEGIN512
	CLEAR512(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)

row1:
	ROW512

step1:
	ONES512(WORD512)
	STEP512
	JNZ step1
	NEXT512
	JNZ row1

	SCALES512(after, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	PLACES512
	JEQ bytes1
	WORDS512(0, R8, Z0, Y0, Z1, Y1, Z2, Y2, Z3, Y3)
	WORDS512(0, DI, Z4, Y4, Z5, Y5, Z6, Y6, Z7, Y7)
	VZEROUPPER
	RET

bytes1:
	BYTES512(K1, 0, R8, Z0, X0, Z1, X1, Z2, X2, Z3, X3)
	BYTES512(K1, 0, DI, Z4, X4, Z5, X5, Z6, X6, Z7, X7)
	VZEROUPPER
	RET

// func wordsVNNI2(j *job)
TEXT ·wordsVNNI2(SB), NOSPLIT, $0-8
	BEGIN512
	CLEAR512(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	CLEAR512(Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)

row2:
	ROW512

step2:
	TWOS512(VPDPWSSD)
	STEP512
	JNZ step2
	NEXT512
	JNZ row2

	SCALES512(after, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	SCALES512(after2, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	PLACES512
	JEQ bytes2
	WORDS512(0, R8, Z0, Y0, Z1, Y1, Z2, Y2, Z3, Y3)
	WORDS512(0, DI, Z4, Y4, Z5, Y5, Z6, Y6, Z7, Y7)
	WORDS512(32, R8, Z8, Y8, Z9, Y9, Z10, Y10, Z11, Y11)
	WORDS512(32, DI, Z12, Y12, Z13, Y13, Z14, Y14, Z15, Y15)
	VZEROUPPER
	RET

bytes2:
	KXNORW K2, K2, K2
	BYTES512(K2, 0, R8, Z0, X0, Z1, X1, Z2, X2, Z3, X3)
	BYTES512(K2, 0, DI, Z4, X4, Z5, X5, Z6, X6, Z7, X7)
	BYTES512(K1, 16, R8, Z8, X8, Z9, X9, Z10, X10, Z11, X11)
	BYTES512(K1, 16, DI, Z12, X12, Z13, X13, Z14, X14, Z15, X15)
	VZEROUPPER
	RET

// func bytesVNNI(j *job)
TEXT ·bytesVNNI(SB), NOSPLIT, $0-8
	BEGIN512
	CLEAR512(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)

row3:
	ROW512

step3:
	ONES512(BYTE512)
	STEP512
	JNZ step3
	NEXT512
	JNZ row3

	SCALES512(after, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	PLACES512
	JEQ bytes3
	WORDS512(0, R8, Z0, Y0, Z1, Y1, Z2, Y2, Z3, Y3)
	WORDS512(0, DI, Z4, Y4, Z5, Y5, Z6, Y6, Z7, Y7)
	VZEROUPPER
	RET

bytes3:
	BYTES512(K1, 0, R8, Z0, X0, Z1, X1, Z2, X2, Z3, X3)
	BYTES512(K1, 0, DI, Z4, X4, Z5, X5, Z6, X6, Z7, X7)
	VZEROUPPER
	RET

// func bytesVNNI2(j *job)
TEXT ·bytesVNNI2(SB), NOSPLIT, $0-8
	BEGIN512
	CLEAR512(Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	CLEAR512(Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)

row4:
	ROW512

step4:
	TWOS512(VPDPBUSD)
	STEP512
	JNZ step4
	NEXT512
	JNZ row4

	SCALES512(after, Z0, Z1, Z2, Z3, Z4, Z5, Z6, Z7)
	SCALES512(after2, Z8, Z9, Z10, Z11, Z12, Z13, Z14, Z15)
	PLACES512
	JEQ bytes4
	WORDS512(0, R8, Z0, Y0, Z1, Y1, Z2, Y2, Z3, Y3)
	WORDS512(0, DI, Z4, Y4, Z5, Y5, Z6, Y6, Z7, Y7)
	WORDS512(32, R8, Z8, Y8, Z9, Y9, Z10, Y10, Z11, Y11)
	WORDS512(32, DI, Z12, Y12, Z13, Y13, Z14, Y14, Z15, Y15)
	VZEROUPPER
	RET

bytes4:
	KXNORW K2, K2, K2
	BYTES512(K2, 0, R8, Z0, X0, Z1, X1, Z2, X2, Z3, X3)
	BYTES512(K2, 0, DI, Z4, X4, Z5, X5, Z6, X6, Z7, X7)
	BYTES512(K1, 16, R8, Z8, X8, Z9, X9, Z10, X10, Z11, X11)
	BYTES512(K1, 16, DI, Z12, X12, Z13, X13, Z14, X14, Z15, X15)
	VZEROUPPER
	RET
