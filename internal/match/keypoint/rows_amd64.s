#include "textflag.h"

// Weights of neighbouring rows of the binomial filter, for VPMADDUBSW; the last weighs a row of ones by half of 64.
DATA taps<>+0(SB)/4, $0x06010601
DATA taps<>+4(SB)/4, $0x140f140f
DATA taps<>+8(SB)/4, $0x060f060f
DATA taps<>+12(SB)/4, $0x20012001
GLOBL taps<>(SB), RODATA|NOPTR, $16

DATA ones<>+0(SB)/4, $0x01010101
GLOBL ones<>(SB), RODATA|NOPTR, $4

#define WEIGH(p, q, w, first, second) \
	VPUNPCKLBW q, p, Y8;      \
	VPUNPCKHBW q, p, Y9;      \
	VPMADDUBSW w, Y8, Y8;     \
	VPMADDUBSW w, Y9, Y9;     \
	VPADDW     Y8, first, first; \
	VPADDW     Y9, second, second

// func blend7(dst *uint8, rows *[7]*uint8, n int)
TEXT ·blend7(SB), NOSPLIT, $0-24
	MOVQ         dst+0(FP), DI
	MOVQ         rows+8(FP), AX
	MOVQ         n+16(FP), CX
	MOVQ         0(AX), R8
	MOVQ         8(AX), R9
	MOVQ         16(AX), R10
	MOVQ         24(AX), R11
	MOVQ         32(AX), R12
	MOVQ         40(AX), R13
	MOVQ         48(AX), BX
	VPBROADCASTD taps<>+0(SB), Y10
	VPBROADCASTD taps<>+4(SB), Y11
	VPBROADCASTD taps<>+8(SB), Y12
	VPBROADCASTD taps<>+12(SB), Y13
	VPBROADCASTD ones<>(SB), Y14
	XORQ         SI, SI

loopb:
	VMOVDQU   (R8)(SI*1), Y0
	VMOVDQU   (R9)(SI*1), Y1
	VMOVDQU   (R10)(SI*1), Y2
	VMOVDQU   (R11)(SI*1), Y3
	VMOVDQU   (R12)(SI*1), Y4
	VMOVDQU   (R13)(SI*1), Y5
	VMOVDQU   (BX)(SI*1), Y6
	VPXOR     Y7, Y7, Y7
	VPXOR     Y15, Y15, Y15
	WEIGH(Y0, Y1, Y10, Y7, Y15)
	WEIGH(Y2, Y3, Y11, Y7, Y15)
	WEIGH(Y4, Y5, Y12, Y7, Y15)
	WEIGH(Y6, Y14, Y13, Y7, Y15)
	VPSRLW    $6, Y7, Y7
	VPSRLW    $6, Y15, Y15
	VPACKUSWB Y15, Y7, Y7
	VMOVDQU   Y7, (DI)(SI*1)
	ADDQ      $32, SI
	CMPQ      SI, CX
	JLT       loopb
	VZEROUPPER
	RET

// GRADIENT leaves the differences of 16 pixels in gx and gy. The row pointers lie at offset k of the three tables.
#define GRADIENT(k, gx, gy) \
	MOVQ      k(R9), AX;             \
	VPMOVZXBW 1(AX)(SI*1), gx;       \
	VPMOVZXBW -1(AX)(SI*1), Y15;     \
	VPSUBW    Y15, gx, gx;           \
	MOVQ      k(R10), AX;            \
	VPMOVZXBW (AX)(SI*1), gy;        \
	MOVQ      k(R8), AX;             \
	VPMOVZXBW (AX)(SI*1), Y15;       \
	VPSUBW    Y15, gy, gy

// SQUARES sums the squares of the words of a and b, for the lower pixels of each half in l, the upper in h.
#define SQUARES(a, b, l, h) \
	VPUNPCKLWD b, a, Y12;    \
	VPUNPCKHWD b, a, Y13;    \
	VPMADDWD   Y12, Y12, l;  \
	VPMADDWD   Y13, Y13, h

// STRENGTH turns xx, yy and xy (32-bit sums of 8 pixels) into strength, cosine and sine parts, 32 bits each.
#define STRENGTH(xx, yy, xy) \
	VPADDD     yy, xx, Y12;     \
	VPSUBD     yy, xx, xx;      \
	VPADDD     xy, xy, xy;      \
	VCVTDQ2PS  Y12, Y12;        \
	VCVTDQ2PS  xx, xx;          \
	VCVTDQ2PS  xy, xy;          \
	VPXOR      Y13, Y13, Y13;   \
	VCMPPS     $4, Y13, Y12, Y13; \
	VSQRTPS    Y12, Y12;        \
	VDIVPS     Y12, Y11, Y14;   \
	VMULPS     Y11, Y12, yy;    \
	VMULPS     Y14, xx, xx;     \
	VMULPS     Y14, xy, xy;     \
	VCVTTPS2DQ yy, yy;          \
	VCVTTPS2DQ xx, xx;          \
	VCVTTPS2DQ xy, xy;          \
	VPAND      Y13, xx, xx;     \
	VPAND      Y13, xy, xy

DATA four<>+0(SB)/4, $0x40800000
GLOBL four<>(SB), RODATA|NOPTR, $4

// func edges3(out *[3]*int16, up, mid, low *[3]*uint8, n int)
TEXT ·edges3(SB), NOSPLIT, $0-40
	MOVQ         out+0(FP), BX
	MOVQ         up+8(FP), R8
	MOVQ         mid+16(FP), R9
	MOVQ         low+24(FP), R10
	MOVQ         n+32(FP), CX
	MOVQ         0(BX), R11
	MOVQ         8(BX), R12
	MOVQ         16(BX), R13
	VBROADCASTSS four<>(SB), Y11
	XORQ         SI, SI

loope:
	GRADIENT(0, Y0, Y1)
	GRADIENT(8, Y2, Y3)
	GRADIENT(16, Y4, Y5)

	// Y6, Y7: xx; Y8, Y9: yy of the lower and upper pixels of each half.
	SQUARES(Y0, Y2, Y6, Y7)
	SQUARES(Y1, Y3, Y8, Y9)

	// The third colour beside nothing.
	VPXOR      Y15, Y15, Y15
	VPUNPCKLWD Y15, Y4, Y12
	VPUNPCKHWD Y15, Y4, Y13
	VPMADDWD   Y12, Y12, Y10
	VPADDD     Y10, Y6, Y6
	VPMADDWD   Y13, Y13, Y10
	VPADDD     Y10, Y7, Y7
	VPUNPCKLWD Y15, Y5, Y14
	VPUNPCKHWD Y15, Y5, Y15
	VPMADDWD   Y14, Y14, Y10
	VPADDD     Y10, Y8, Y8
	VPMADDWD   Y15, Y15, Y10
	VPADDD     Y10, Y9, Y9

	// xy in Y12 and Y13.
	VPMADDWD   Y14, Y12, Y12
	VPMADDWD   Y15, Y13, Y13
	VPUNPCKLWD Y2, Y0, Y14
	VPUNPCKLWD Y3, Y1, Y15
	VPMADDWD   Y15, Y14, Y14
	VPADDD     Y14, Y12, Y4
	VPUNPCKHWD Y2, Y0, Y14
	VPUNPCKHWD Y3, Y1, Y15
	VPMADDWD   Y15, Y14, Y14
	VPADDD     Y14, Y13, Y5
	STRENGTH(Y6, Y8, Y4)
	STRENGTH(Y7, Y9, Y5)
	VPACKSSDW  Y9, Y8, Y8
	VPACKSSDW  Y7, Y6, Y6
	VPACKSSDW  Y5, Y4, Y4
	VMOVDQU    Y8, (R11)(SI*2)
	VMOVDQU    Y6, (R12)(SI*2)
	VMOVDQU    Y4, (R13)(SI*2)
	ADDQ       $16, SI
	CMPQ       SI, CX
	JLT        loope
	VZEROUPPER
	RET

// Fields of relation.
#define raw    0
#define upLeft  24
#define upRight  32
#define lowLeft 40
#define lowRight 48
#define energy 56
#define prev   64
#define next   88
#define share  112
#define floor  116
#define carry  120

DATA unity<>+0(SB)/4, $0x42800000
DATA unity<>+4(SB)/4, $0x437f0000
GLOBL unity<>(SB), RODATA|NOPTR, $8

// last says: the last of eight.
DATA lastOf<>+0(SB)/4, $7
GLOBL lastOf<>(SB), RODATA|NOPTR, $4

// RUN makes running sums of the eight numbers in v onto the carry in c, adds the row above at p and stores at q.
#define RUN(v, c, p, q) \
	VPSLLDQ    $4, v, Y12;        \
	VPADDD     Y12, v, v;         \
	VPSLLDQ    $8, v, Y12;        \
	VPADDD     Y12, v, v;         \
	VPSHUFD    $0xff, v, Y12;     \
	VPERM2I128 $0x08, Y12, Y12, Y12; \
	VPADDD     Y12, v, v;         \
	VPADDD     c, v, v;           \
	VPERMD     v, Y15, c;         \
	MOVQ       p, AX;             \
	VPADDD     (AX)(SI*4), v, v;  \
	MOVQ       q, AX;             \
	VMOVDQU    v, (AX)(SI*4)

// func relate(r *relation, n int)
TEXT ·relate(SB), NOSPLIT, $0-16
	MOVQ         r+0(FP), BX
	MOVQ         n+8(FP), CX
	MOVQ         upLeft(BX), R8
	MOVQ         upRight(BX), R9
	MOVQ         lowLeft(BX), R10
	MOVQ         lowRight(BX), R11
	MOVQ         energy(BX), DI
	VBROADCASTSS share(BX), Y8
	VBROADCASTSS floor(BX), Y9
	VBROADCASTSS unity<>+0(SB), Y10
	VBROADCASTSS unity<>+4(SB), Y11
	VPBROADCASTD lastOf<>(SB), Y15
	VPBROADCASTD carry(BX), Y5
	VPBROADCASTD (carry+4)(BX), Y6
	VPBROADCASTD (carry+8)(BX), Y7
	XORQ         SI, SI

loopr:
	// The sum over the window: lower right - lower left - upper right + upper left.
	VMOVDQU    (R11)(SI*4), Y0
	VPSUBD     (R9)(SI*4), Y0, Y0
	VPSUBD     (R10)(SI*4), Y0, Y0
	VPADDD     (R8)(SI*4), Y0, Y0
	VCVTDQ2PS  Y0, Y0
	VMULPS     Y8, Y0, Y0
	VADDPS     Y9, Y0, Y0
	VDIVPS     Y0, Y10, Y0
	MOVQ       (raw)(BX), AX
	VPMOVSXWD  (AX)(SI*2), Y1
	VCVTDQ2PS  Y1, Y1
	VMULPS     Y0, Y1, Y1
	VCMPPS     $14, Y11, Y1, Y4
	VDIVPS     Y1, Y11, Y12
	VMULPS     Y12, Y0, Y13
	VBLENDVPS  Y4, Y13, Y0, Y0
	VBLENDVPS  Y4, Y11, Y1, Y1
	VCVTTPS2DQ Y1, Y1
	MOVQ       (raw+8)(BX), AX
	VPMOVSXWD  (AX)(SI*2), Y2
	VCVTDQ2PS  Y2, Y2
	VMULPS     Y0, Y2, Y2
	VCVTTPS2DQ Y2, Y2
	MOVQ       (raw+16)(BX), AX
	VPMOVSXWD  (AX)(SI*2), Y3
	VCVTDQ2PS  Y3, Y3
	VMULPS     Y0, Y3, Y3
	VCVTTPS2DQ Y3, Y3

	// Eight bytes of strength.
	VPACKUSDW    Y1, Y1, Y12
	VPACKUSWB    Y12, Y12, Y12
	VEXTRACTI128 $1, Y12, X13
	VMOVD        X12, (DI)(SI*1)
	VMOVD        X13, 4(DI)(SI*1)
	RUN(Y1, Y5, (prev)(BX), (next)(BX))
	RUN(Y2, Y6, (prev+8)(BX), (next+8)(BX))
	RUN(Y3, Y7, (prev+16)(BX), (next+16)(BX))
	ADDQ         $8, SI
	CMPQ         SI, CX
	JLT          loopr
	VMOVD        X5, carry(BX)
	VMOVD        X6, (carry+4)(BX)
	VMOVD        X7, (carry+8)(BX)
	VZEROUPPER
	RET

DATA eighteen<>+0(SB)/4, $0x41900000
DATA eighteen<>+4(SB)/4, $0x81818181 // -127 in each byte
GLOBL eighteen<>(SB), RODATA|NOPTR, $8

// SUM3 leaves in v the sums over 3x3 pixels, divided by 18, of the image whose rows are at u and l.
#define SUM3(u, l, v) \
	VMOVDQU    12(l)(SI*4), v; \
	VPSUBD     (l)(SI*4), v, v; \
	VPSUBD     12(u)(SI*4), v, v; \
	VPADDD     (u)(SI*4), v, v; \
	VCVTDQ2PS  v, v;           \
	VDIVPS     Y10, v, v;      \
	VCVTTPS2DQ v, v

// func average3(out *vector, up1, low1, up2, low2 *int32, n int)
TEXT ·average3(SB), NOSPLIT, $0-48
	MOVQ         out+0(FP), DI
	MOVQ         up1+8(FP), R8
	MOVQ         low1+16(FP), R9
	MOVQ         up2+24(FP), R10
	MOVQ         low2+32(FP), R11
	MOVQ         n+40(FP), CX
	VBROADCASTSS eighteen<>+0(SB), Y10
	VPBROADCASTD eighteen<>+4(SB), X11
	XORQ         SI, SI

loopa:
	SUM3(R8, R9, Y0)
	SUM3(R10, R11, Y1)
	VPACKSSDW    Y1, Y0, Y0        // x0-3 y0-3 | x4-7 y4-7, as words
	VPACKSSWB    Y0, Y0, Y0        // the same as bytes, twice
	VEXTRACTI128 $1, Y0, X1
	VPMAXSB      X11, X0, X0
	VPMAXSB      X11, X1, X1
	VPSRLDQ      $4, X0, X2
	VPSRLDQ      $4, X1, X3
	VPUNPCKLBW   X2, X0, X0
	VPUNPCKLBW   X3, X1, X1
	VMOVQ        X0, (DI)(SI*2)
	VMOVQ        X1, 8(DI)(SI*2)
	ADDQ         $8, SI
	CMPQ         SI, CX
	JLT          loopa
	VZEROUPPER
	RET

DATA signs<>+0(SB)/4, $0x80008000
DATA signs<>+4(SB)/4, $0x00808000 // 32,768 * 256 and half of 65,536
GLOBL signs<>(SB), RODATA|NOPTR, $8

// func mix2(out *uint16, a, b *uint8, part uint32, n int)
TEXT ·mix2(SB), NOSPLIT, $0-40
	MOVQ         out+0(FP), DI
	MOVQ         a+8(FP), R8
	MOVQ         b+16(FP), R9
	MOVL         part+24(FP), AX
	MOVQ         n+32(FP), CX
	MOVL         $256, DX
	SUBL         AX, DX
	MOVQ         AX, X0
	MOVQ         DX, X1
	VPBROADCASTW X0, Y0
	VPBROADCASTW X1, Y1
	VPBROADCASTD signs<>+0(SB), Y2
	XORQ         SI, SI

loopm:
	VPMOVZXBW (R8)(SI*1), Y3
	VPMOVZXBW (R9)(SI*1), Y4
	VPMULLW   Y1, Y3, Y3
	VPMULLW   Y0, Y4, Y4
	VPADDW    Y4, Y3, Y3
	VPXOR     Y2, Y3, Y3
	VMOVDQU   Y3, (DI)(SI*2)
	ADDQ      $16, SI
	CMPQ      SI, CX
	JLT       loopm
	VZEROUPPER
	RET

// func pick2(dst *uint8, row *uint16, at, shares *int32, n int)
TEXT ·pick2(SB), NOSPLIT, $0-40
	MOVQ         dst+0(FP), DI
	MOVQ         row+8(FP), R8
	MOVQ         at+16(FP), R9
	MOVQ         shares+24(FP), R10
	MOVQ         n+32(FP), CX
	VPBROADCASTD signs<>+4(SB), Y2
	XORQ         SI, SI

loopp:
	VMOVDQU      (R9)(SI*4), Y0
	VPCMPEQD     Y1, Y1, Y1
	VPXOR        Y3, Y3, Y3
	VPGATHERDD   Y1, (R8)(Y0*2), Y3
	VPMADDWD     (R10)(SI*4), Y3, Y3
	VPADDD       Y2, Y3, Y3
	VPSRLD       $16, Y3, Y3
	VPACKUSDW    Y3, Y3, Y3
	VPACKUSWB    Y3, Y3, Y3
	VEXTRACTI128 $1, Y3, X4
	VMOVD        X3, (DI)(SI*1)
	VMOVD        X4, 4(DI)(SI*1)
	ADDQ         $8, SI
	CMPQ         SI, CX
	JLT          loopp
	VZEROUPPER
	RET

// func hessian8(out *int32, up, mid, low *uint8, n int)
TEXT ·hessian8(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ up+8(FP), R8
	MOVQ mid+16(FP), R9
	MOVQ low+24(FP), R10
	MOVQ n+32(FP), CX
	XORQ SI, SI

looph:
	VPMOVZXBD (R9)(SI*1), Y0
	VPADDD    Y0, Y0, Y0
	VPMOVZXBD -2(R9)(SI*1), Y1
	VPMOVZXBD 2(R9)(SI*1), Y2
	VPADDD    Y2, Y1, Y1
	VPSUBD    Y0, Y1, Y1 // xx
	VPMOVZXBD (R8)(SI*1), Y2
	VPMOVZXBD (R10)(SI*1), Y3
	VPADDD    Y3, Y2, Y2
	VPSUBD    Y0, Y2, Y2 // yy
	VPMOVZXBD -2(R8)(SI*1), Y3
	VPMOVZXBD 2(R10)(SI*1), Y4
	VPADDD    Y4, Y3, Y3
	VPMOVZXBD 2(R8)(SI*1), Y4
	VPSUBD    Y4, Y3, Y3
	VPMOVZXBD -2(R10)(SI*1), Y4
	VPSUBD    Y4, Y3, Y3 // xy
	VPMULLD   Y2, Y1, Y1
	VPMULLD   Y3, Y3, Y3
	VPSRLD    $4, Y3, Y3
	VPSUBD    Y3, Y1, Y1
	VMOVDQU   Y1, (DI)(SI*4)
	ADDQ      $8, SI
	CMPQ      SI, CX
	JLT       looph
	VZEROUPPER
	RET

// func crests8(out *uint8, row *int32, stride, n int, least int32)
TEXT ·crests8(SB), NOSPLIT, $0-36
	MOVQ         out+0(FP), DI
	MOVQ         row+8(FP), R8
	MOVQ         stride+16(FP), AX
	MOVQ         n+24(FP), CX
	MOVL         least+32(FP), DX
	VMOVD        DX, X7
	VPBROADCASTD X7, Y7
	LEAQ         (R8)(AX*4), R9
	NEGQ         AX
	LEAQ         (R8)(AX*4), R10
	XORQ         SI, SI

loopc:
	VMOVDQU   (R8)(SI*4), Y0
	VPCMPGTD  Y0, Y7, Y1        // too weak
	VMOVDQU   4(R8)(SI*4), Y2
	VPCMPGTD  Y0, Y2, Y2        // less than the right one
	VPOR      Y2, Y1, Y1
	VMOVDQU   (R9)(SI*4), Y2
	VPCMPGTD  Y0, Y2, Y2
	VPOR      Y2, Y1, Y1
	VMOVDQU   (R10)(SI*4), Y2
	VPCMPGTD  Y0, Y2, Y2
	VPOR      Y2, Y1, Y1
	VPCMPGTD  -4(R8)(SI*4), Y0, Y3
	VPANDN    Y3, Y1, Y1
	VMOVMSKPS Y1, AX
	MOVB      AX, (DI)
	INCQ      DI
	ADDQ      $8, SI
	CMPQ      SI, CX
	JLT       loopc
	VZEROUPPER
	RET

// Weights of red and blue, of half of green, as signed bytes; twice; a half; all but opacity.
DATA shades<>+0(SB)/4, $0x001d004d
DATA shades<>+4(SB)/4, $0x00004b00
DATA shades<>+8(SB)/4, $0x00020002
DATA shades<>+12(SB)/4, $0x00010001
DATA shades<>+16(SB)/4, $128
DATA shades<>+20(SB)/4, $0x00ffffff
GLOBL shades<>(SB), RODATA|NOPTR, $24

// func luma8(dst, src *uint8, n int) int
TEXT ·luma8(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), R8
	MOVQ         n+16(FP), CX
	VPBROADCASTD shades<>+0(SB), Y10
	VPBROADCASTD shades<>+4(SB), Y11
	VPBROADCASTD shades<>+8(SB), Y12
	VPBROADCASTD shades<>+12(SB), Y13
	VPBROADCASTD shades<>+16(SB), Y14
	VPBROADCASTD shades<>+20(SB), Y15
	VPCMPEQD     Y9, Y9, Y9
	XORQ         SI, SI

loopl:
	VMOVDQU      (R8)(SI*4), Y0
	VPOR         Y15, Y0, Y1
	VPCMPEQD     Y9, Y1, Y1
	VPMOVMSKB    Y1, AX
	CMPL         AX, $-1
	JNE          stop
	VPMADDUBSW   Y10, Y0, Y1
	VPMADDUBSW   Y11, Y0, Y2
	VPMADDWD     Y13, Y1, Y1
	VPMADDWD     Y12, Y2, Y2
	VPADDD       Y2, Y1, Y1
	VPADDD       Y14, Y1, Y1
	VPSRLD       $8, Y1, Y1
	VPACKUSDW    Y1, Y1, Y1
	VPACKUSWB    Y1, Y1, Y1
	VEXTRACTI128 $1, Y1, X2
	VMOVD        X1, (DI)(SI*1)
	VMOVD        X2, 4(DI)(SI*1)
	ADDQ         $8, SI
	CMPQ         SI, CX
	JLT          loopl

stop:
	MOVQ SI, ret+24(FP)
	VZEROUPPER
	RET

// func moments41(p *uint8, stride int, weights *[41][2][48]int8) (mx, my int32)
TEXT ·moments41(SB), NOSPLIT, $0-32
	MOVQ         p+0(FP), SI
	MOVQ         stride+8(FP), DX
	MOVQ         weights+16(FP), BX
	VPBROADCASTD shades<>+12(SB), Y13
	VPXOR        Y8, Y8, Y8
	VPXOR        Y9, Y9, Y9
	MOVQ         $41, CX

looppm:
	VMOVDQU    (SI), Y0
	VMOVDQU    32(SI), X1
	VPMADDUBSW (BX), Y0, Y2
	VPMADDUBSW 32(BX), X1, X3
	VPMADDUBSW 48(BX), Y0, Y4
	VPMADDUBSW 80(BX), X1, X5
	VPADDW     Y3, Y2, Y2
	VPADDW     Y5, Y4, Y4
	VPMADDWD   Y13, Y2, Y2
	VPMADDWD   Y13, Y4, Y4
	VPADDD     Y2, Y8, Y8
	VPADDD     Y4, Y9, Y9
	ADDQ       DX, SI
	ADDQ       $96, BX
	DECQ       CX
	JNZ        looppm
	VPHADDD      Y9, Y8, Y8
	VPHADDD      Y8, Y8, Y8
	VEXTRACTI128 $1, Y8, X9
	VPADDD       X9, X8, X8
	VMOVD        X8, AX
	MOVL         AX, mx+24(FP)
	VPSRLDQ      $4, X8, X8
	VMOVD        X8, AX
	MOVL         AX, my+28(FP)
	VZEROUPPER
	RET

// split8 brings red, green, blue and opacity of four pixels together, then of eight.
DATA apart<>+0(SB)/8, $0x0d0905010c080400
DATA apart<>+8(SB)/8, $0x0f0b07030e0a0602
DATA apart<>+16(SB)/8, $0x0000000400000000
DATA apart<>+24(SB)/8, $0x0000000500000001
DATA apart<>+32(SB)/8, $0x0000000600000002
DATA apart<>+40(SB)/8, $0x0000000700000003
GLOBL apart<>(SB), RODATA|NOPTR, $48

// func split8(red, green, blue, src *uint8, n int) int
TEXT ·split8(SB), NOSPLIT, $0-48
	MOVQ           red+0(FP), DI
	MOVQ           green+8(FP), R9
	MOVQ           blue+16(FP), R10
	MOVQ           src+24(FP), R8
	MOVQ           n+32(FP), CX
	VBROADCASTI128 apart<>+0(SB), Y13
	VMOVDQU        apart<>+16(SB), Y14
	VPBROADCASTD   shades<>+20(SB), Y15
	VPCMPEQD       Y9, Y9, Y9
	XORQ           SI, SI

loops:
	VMOVDQU      (R8)(SI*4), Y0
	VPOR         Y15, Y0, Y1
	VPCMPEQD     Y9, Y1, Y1
	VPMOVMSKB    Y1, AX
	CMPL         AX, $-1
	JNE          stops
	VPSHUFB      Y13, Y0, Y0
	VPERMD       Y0, Y14, Y0
	VEXTRACTI128 $1, Y0, X1
	VMOVQ        X0, (DI)(SI*1)
	VPEXTRQ      $1, X0, (R9)(SI*1)
	VMOVQ        X1, (R10)(SI*1)
	ADDQ         $8, SI
	CMPQ         SI, CX
	JLT          loops

stops:
	MOVQ SI, ret+40(FP)
	VZEROUPPER
	RET

DATA halves<>+0(SB)/4, $0x01010101
DATA halves<>+4(SB)/4, $0x00020002
GLOBL halves<>(SB), RODATA|NOPTR, $8

// func halve16(dst, a, b *uint8, n int)
TEXT ·halve16(SB), NOSPLIT, $0-32
	MOVQ         dst+0(FP), DI
	MOVQ         a+8(FP), R8
	MOVQ         b+16(FP), R9
	MOVQ         n+24(FP), CX
	VPBROADCASTD halves<>+0(SB), Y14
	VPBROADCASTD halves<>+4(SB), Y15
	XORQ         SI, SI

looph2:
	VMOVDQU    (R8)(SI*2), Y0
	VMOVDQU    (R9)(SI*2), Y1
	VPMADDUBSW Y14, Y0, Y0
	VPMADDUBSW Y14, Y1, Y1
	VPADDW     Y1, Y0, Y0
	VPADDW     Y15, Y0, Y0
	VPSRLW     $2, Y0, Y0
	VPACKUSWB  Y0, Y0, Y0
	VPERMQ     $0x08, Y0, Y0
	VMOVDQU    X0, (DI)(SI*1)
	ADDQ       $16, SI
	CMPQ       SI, CX
	JLT        looph2
	VZEROUPPER
	RET
