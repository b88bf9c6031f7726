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

// The Go assembler has no names for these; registers are given by number.
#define SMLAL(d, n, element)  WORD $(0x0f402000 | element | n<<5 | d) // element of V0
#define SMLAL2(d, n, element) WORD $(0x4f402000 | element | n<<5 | d)
#define SCVTF(d)              WORD $(0x4e21d800 | d<<5 | d)
#define FMUL(d, m)            WORD $(0x6e20dc00 | m<<16 | d<<5 | d)
#define FADD(d, m)            WORD $(0x4e20d400 | m<<16 | d<<5 | d)
#define FMAX(d, m)            WORD $(0x4e20f400 | m<<16 | d<<5 | d)
#define FMIN(d, m)            WORD $(0x4ea0f400 | m<<16 | d<<5 | d)
#define FCVTNS(d)             WORD $(0x4e21a800 | d<<5 | d)
#define XTN(d, n)             WORD $(0x0e612800 | n<<5 | d)
#define XTN2(d, n)            WORD $(0x4e612800 | n<<5 | d)

// PIXEL adds a pair of values, two elements of V0, times the weights in V2 to V5 to the sums in a, b, c and d.
#define PIXEL(first, second, a, b, c, d) \
	SMLAL(a, 2, first);   \
	SMLAL2(b, 2, first);  \
	SMLAL(c, 4, first);   \
	SMLAL2(d, 4, first);  \
	SMLAL(a, 3, second);  \
	SMLAL2(b, 3, second); \
	SMLAL(c, 5, second);  \
	SMLAL2(d, 5, second)

// SCALE turns sums into activations by the scale s and the bias t.
#define SCALE(a, s, t) \
	SCVTF(a);   \
	FMUL(a, s); \
	FADD(a, t); \
	FMAX(a, 8); \
	FMIN(a, 9); \
	FCVTNS(a)

#define FINISH(a, b, c, d) \
	SCALE(a, 0, 4);  \
	SCALE(b, 1, 5);  \
	SCALE(c, 2, 6);  \
	SCALE(d, 3, 7);  \
	XTN(10, a);      \
	XTN2(10, b);     \
	XTN(11, c);      \
	XTN2(11, d);     \
	VST1 [V10.H8, V11.H8], (R1); \
	ADD  R14, R1, R1

// func tileNEON(j *job)
TEXT ·tileNEON(SB), NOSPLIT, $0-8
	MOVD j+0(FP), R0
	MOVD src(R0), R2
	MOVD srcStep(R0), R3
	MOVD rowStep(R0), R4
	MOVD rows(R0), R5
	MOVD steps(R0), R6
	MOVD weights(R0), R7
	VEOR V16.B16, V16.B16, V16.B16
	VEOR V17.B16, V17.B16, V17.B16
	VEOR V18.B16, V18.B16, V18.B16
	VEOR V19.B16, V19.B16, V19.B16
	VEOR V20.B16, V20.B16, V20.B16
	VEOR V21.B16, V21.B16, V21.B16
	VEOR V22.B16, V22.B16, V22.B16
	VEOR V23.B16, V23.B16, V23.B16
	VEOR V24.B16, V24.B16, V24.B16
	VEOR V25.B16, V25.B16, V25.B16
	VEOR V26.B16, V26.B16, V26.B16
	VEOR V27.B16, V27.B16, V27.B16
	VEOR V28.B16, V28.B16, V28.B16
	VEOR V29.B16, V29.B16, V29.B16
	VEOR V30.B16, V30.B16, V30.B16
	VEOR V31.B16, V31.B16, V31.B16

row:
	MOVD R2, R9
	ADD  R3, R9, R10
	ADD  R3, R10, R11
	ADD  R3, R11, R12
	MOVD R6, R13

pair:
	VLD2.P 32(R7), [V2.H8, V3.H8] // first and second weights of eight channels
	VLD2.P 32(R7), [V4.H8, V5.H8]
	VLD1.P 4(R9), V0.S[0]
	VLD1.P 4(R10), V0.S[1]
	VLD1.P 4(R11), V0.S[2]
	VLD1.P 4(R12), V0.S[3]
	PIXEL(0x000000, 0x100000, 16, 17, 18, 19)
	PIXEL(0x200000, 0x300000, 20, 21, 22, 23)
	PIXEL(0x000800, 0x100800, 24, 25, 26, 27)
	PIXEL(0x200800, 0x300800, 28, 29, 30, 31)
	SUBS   $1, R13, R13
	BNE    pair
	ADD    R4, R2, R2
	SUBS   $1, R5, R5
	BNE    row

	MOVD    dst(R0), R1
	MOVD    dstStep(R0), R14
	MOVD    after(R0), R8
	VLD1.P  64(R8), [V0.S4, V1.S4, V2.S4, V3.S4]
	VLD1.P  64(R8), [V4.S4, V5.S4, V6.S4, V7.S4]
	VLD1R.P 4(R8), [V8.S4]
	VLD1R   (R8), [V9.S4]
	FINISH(16, 17, 18, 19)
	FINISH(20, 21, 22, 23)
	FINISH(24, 25, 26, 27)
	FINISH(28, 29, 30, 31)
	RET
