#include "textflag.h"

// Fields of job and post.
#define dst     0
#define dstStep 8
#define src     16
#define srcStep 24
#define rowStep 32
#define rows    40
#define pairs   48
#define weights 56
#define after   64
#define weights2 72
#define after2   80
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
	MOVQ pairs(AX), R13

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

// FINISH512 does the same for 16 sums in p; y is its lower half.
#define FINISH512(p, y) \
	VCVTDQ2PS p, p;      \
	VMULPS    Z16, p, p; \
	VADDPS    Z17, p, p; \
	VMAXPS    Z18, p, p; \
	VMINPS    Z19, p, p; \
	VCVTPS2DQ p, p;      \
	VPMOVSDW  p, y;      \
	VMOVDQU   y, (DI);   \
	ADDQ      BX, DI

// func tileVNNI(j *job)
TEXT ·tileVNNI(SB), NOSPLIT, $0-8
	MOVQ   j+0(FP), AX
	MOVQ   src(AX), SI
	MOVQ   srcStep(AX), R10
	LEAQ   (R10)(R10*2), R11
	MOVQ   rowStep(AX), R12
	MOVQ   rows(AX), CX
	MOVQ   weights(AX), R9
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7

row512:
	MOVQ SI, R8
	LEAQ (SI)(R10*4), DI
	MOVQ pairs(AX), R13

pair512:
	VMOVDQU32     (R9), Z8
	VPDPWSSD.BCST (R8), Z8, Z0
	VPDPWSSD.BCST (R8)(R10*1), Z8, Z1
	VPDPWSSD.BCST (R8)(R10*2), Z8, Z2
	VPDPWSSD.BCST (R8)(R11*1), Z8, Z3
	VPDPWSSD.BCST (DI), Z8, Z4
	VPDPWSSD.BCST (DI)(R10*1), Z8, Z5
	VPDPWSSD.BCST (DI)(R10*2), Z8, Z6
	VPDPWSSD.BCST (DI)(R11*1), Z8, Z7
	ADDQ          $64, R9
	ADDQ          $4, R8
	ADDQ          $4, DI
	DECQ          R13
	JNZ           pair512
	ADDQ          R12, SI
	DECQ          CX
	JNZ           row512

	MOVQ         dst(AX), DI
	MOVQ         dstStep(AX), BX
	MOVQ         after(AX), DX
	VMOVUPS      (DX), Z16
	VMOVUPS      bias(DX), Z17
	VBROADCASTSS low(DX), Z18
	VBROADCASTSS high(DX), Z19
	FINISH512(Z0, Y0)
	FINISH512(Z1, Y1)
	FINISH512(Z2, Y2)
	FINISH512(Z3, Y3)
	FINISH512(Z4, Y4)
	FINISH512(Z5, Y5)
	FINISH512(Z6, Y6)
	FINISH512(Z7, Y7)
	VZEROUPPER
	RET

// PAIR512 adds a pair of values at address a times the weights in Z16 to p and times those in Z17 to q.
#define PAIR512(a, p, q) \
	VPBROADCASTD a, Z18;      \
	VPDPWSSD     Z16, Z18, p; \
	VPDPWSSD     Z17, Z18, q

// func tileVNNI2(j *job)
TEXT ·tileVNNI2(SB), NOSPLIT, $0-8
	MOVQ   j+0(FP), AX
	MOVQ   src(AX), SI
	MOVQ   srcStep(AX), R10
	LEAQ   (R10)(R10*2), R11
	MOVQ   rowStep(AX), R12
	MOVQ   rows(AX), CX
	MOVQ   weights(AX), R9
	MOVQ   weights2(AX), BX
	VPXORQ Z0, Z0, Z0
	VPXORQ Z1, Z1, Z1
	VPXORQ Z2, Z2, Z2
	VPXORQ Z3, Z3, Z3
	VPXORQ Z4, Z4, Z4
	VPXORQ Z5, Z5, Z5
	VPXORQ Z6, Z6, Z6
	VPXORQ Z7, Z7, Z7
	VPXORQ Z8, Z8, Z8
	VPXORQ Z9, Z9, Z9
	VPXORQ Z10, Z10, Z10
	VPXORQ Z11, Z11, Z11
	VPXORQ Z12, Z12, Z12
	VPXORQ Z13, Z13, Z13
	VPXORQ Z14, Z14, Z14
	VPXORQ Z15, Z15, Z15

row2:
	MOVQ SI, R8
	LEAQ (SI)(R10*4), DI
	MOVQ pairs(AX), R13

pair2:
	VMOVDQU32 (R9), Z16
	VMOVDQU32 (BX), Z17
	PAIR512((R8), Z0, Z8)
	PAIR512((R8)(R10*1), Z1, Z9)
	PAIR512((R8)(R10*2), Z2, Z10)
	PAIR512((R8)(R11*1), Z3, Z11)
	PAIR512((DI), Z4, Z12)
	PAIR512((DI)(R10*1), Z5, Z13)
	PAIR512((DI)(R10*2), Z6, Z14)
	PAIR512((DI)(R11*1), Z7, Z15)
	ADDQ      $64, R9
	ADDQ      $64, BX
	ADDQ      $4, R8
	ADDQ      $4, DI
	DECQ      R13
	JNZ       pair2
	ADDQ      R12, SI
	DECQ      CX
	JNZ       row2

	MOVQ         dst(AX), DI
	LEAQ         32(DI), R8
	MOVQ         dstStep(AX), BX
	MOVQ         after(AX), DX
	VMOVUPS      (DX), Z16
	VMOVUPS      bias(DX), Z17
	VBROADCASTSS low(DX), Z18
	VBROADCASTSS high(DX), Z19
	FINISH512(Z0, Y0)
	FINISH512(Z1, Y1)
	FINISH512(Z2, Y2)
	FINISH512(Z3, Y3)
	FINISH512(Z4, Y4)
	FINISH512(Z5, Y5)
	FINISH512(Z6, Y6)
	FINISH512(Z7, Y7)
	MOVQ         R8, DI
	MOVQ         after2(AX), DX
	VMOVUPS      (DX), Z16
	VMOVUPS      bias(DX), Z17
	FINISH512(Z8, Y8)
	FINISH512(Z9, Y9)
	FINISH512(Z10, Y10)
	FINISH512(Z11, Y11)
	FINISH512(Z12, Y12)
	FINISH512(Z13, Y13)
	FINISH512(Z14, Y14)
	FINISH512(Z15, Y15)
	VZEROUPPER
	RET
