#include "textflag.h"

// Eight lanes of a constant.
#define LANES(name, value) \
	DATA name<>+0(SB)/4, value;  \
	DATA name<>+4(SB)/4, value;  \
	DATA name<>+8(SB)/4, value;  \
	DATA name<>+12(SB)/4, value; \
	DATA name<>+16(SB)/4, value; \
	DATA name<>+20(SB)/4, value; \
	DATA name<>+24(SB)/4, value; \
	DATA name<>+28(SB)/4, value; \
	GLOBL name<>(SB), RODATA|NOPTR, $32

LANES(p0541, $4433)
LANES(p0765, $6270)
LANES(p1847, $15137)
LANES(p1175, $9633)
LANES(p0298, $2446)
LANES(p2053, $16819)
LANES(p3072, $25172)
LANES(p1501, $12299)
LANES(m0899, $-7373)
LANES(m2562, $-20995)
LANES(m1961, $-16069)
LANES(m0390, $-3196)
LANES(columnRound, $0x400)   // 1<<10
LANES(rowBias, $0x2020000)   // 128<<18 + 1<<17

// Bytes of a 4x4 matrix, transposed, in both halves.
DATA turn<>+0(SB)/8, $0x0d0905010c080400
DATA turn<>+8(SB)/8, $0x0f0b07030e0a0602
DATA turn<>+16(SB)/8, $0x0d0905010c080400
DATA turn<>+24(SB)/8, $0x0f0b07030e0a0602
GLOBL turn<>(SB), RODATA|NOPTR, $32

// PASS transforms eight vectors, inputs 0 to 7 in Y0 to Y7, to Y8 to Y15. It
// is column of jpegidct.go, step by step.
#define PASS(round, shift) \
	VPADDD  Y2, Y6, Y8;            \
	VPMULLD p0541<>(SB), Y8, Y8;   \
	VPMULLD p1847<>(SB), Y6, Y9;   \
	VPSUBD  Y9, Y8, Y9;            \
	VPMULLD p0765<>(SB), Y2, Y10;  \
	VPADDD  Y8, Y10, Y10;          \
	VPADDD  Y4, Y0, Y11;           \
	VPSLLD  $13, Y11, Y11;         \
	VPADDD  round<>(SB), Y11, Y11; \
	VPSUBD  Y4, Y0, Y12;           \
	VPSLLD  $13, Y12, Y12;         \
	VPADDD  round<>(SB), Y12, Y12; \
	VPADDD  Y10, Y11, Y0;          \
	VPSUBD  Y10, Y11, Y6;          \
	VPADDD  Y9, Y12, Y2;           \
	VPSUBD  Y9, Y12, Y4;           \
	VPADDD  Y7, Y1, Y8;            \
	VPMULLD m0899<>(SB), Y8, Y8;   \
	VPADDD  Y5, Y3, Y9;            \
	VPMULLD m2562<>(SB), Y9, Y9;   \
	VPADDD  Y7, Y3, Y10;           \
	VPADDD  Y5, Y1, Y11;           \
	VPADDD  Y10, Y11, Y12;         \
	VPMULLD p1175<>(SB), Y12, Y12; \
	VPMULLD m1961<>(SB), Y10, Y10; \
	VPADDD  Y12, Y10, Y10;         \
	VPMULLD m0390<>(SB), Y11, Y11; \
	VPADDD  Y12, Y11, Y11;         \
	VPMULLD p0298<>(SB), Y7, Y7;   \
	VPADDD  Y8, Y7, Y7;            \
	VPADDD  Y10, Y7, Y7;           \
	VPMULLD p2053<>(SB), Y5, Y5;   \
	VPADDD  Y9, Y5, Y5;            \
	VPADDD  Y11, Y5, Y5;           \
	VPMULLD p3072<>(SB), Y3, Y3;   \
	VPADDD  Y9, Y3, Y3;            \
	VPADDD  Y10, Y3, Y3;           \
	VPMULLD p1501<>(SB), Y1, Y1;   \
	VPADDD  Y8, Y1, Y1;            \
	VPADDD  Y11, Y1, Y1;           \
	VPADDD  Y1, Y0, Y8;            \
	VPSUBD  Y1, Y0, Y15;           \
	VPADDD  Y3, Y2, Y9;            \
	VPSUBD  Y3, Y2, Y14;           \
	VPADDD  Y5, Y4, Y10;           \
	VPSUBD  Y5, Y4, Y13;           \
	VPADDD  Y7, Y6, Y11;           \
	VPSUBD  Y7, Y6, Y12;           \
	VPSRAD  shift, Y8, Y8;         \
	VPSRAD  shift, Y9, Y9;         \
	VPSRAD  shift, Y10, Y10;       \
	VPSRAD  shift, Y11, Y11;       \
	VPSRAD  shift, Y12, Y12;       \
	VPSRAD  shift, Y13, Y13;       \
	VPSRAD  shift, Y14, Y14;       \
	VPSRAD  shift, Y15, Y15

// ROWS transforms the block at SI, clears it, and leaves the samples in bytes:
// rows 0 and 1 in the lower, 4 and 5 in the upper half of Y4, the others in Y5.
#define ROWS \
	VMOVDQU 0(SI), Y0; \
	VMOVDQU 32(SI), Y1; \
	VMOVDQU 64(SI), Y2; \
	VMOVDQU 96(SI), Y3; \
	VMOVDQU 128(SI), Y4; \
	VMOVDQU 160(SI), Y5; \
	VMOVDQU 192(SI), Y6; \
	VMOVDQU 224(SI), Y7; \
	VPXOR   Y8, Y8, Y8; \
	VMOVDQU Y8, 0(SI); \
	VMOVDQU Y8, 32(SI); \
	VMOVDQU Y8, 64(SI); \
	VMOVDQU Y8, 96(SI); \
	VMOVDQU Y8, 128(SI); \
	VMOVDQU Y8, 160(SI); \
	VMOVDQU Y8, 192(SI); \
	VMOVDQU Y8, 224(SI); \
	PASS(columnRound, $11); \
	VPUNPCKLDQ  Y9, Y8, Y0; \
	VPUNPCKHDQ  Y9, Y8, Y1; \
	VPUNPCKLDQ  Y11, Y10, Y2; \
	VPUNPCKHDQ  Y11, Y10, Y3; \
	VPUNPCKLDQ  Y13, Y12, Y4; \
	VPUNPCKHDQ  Y13, Y12, Y5; \
	VPUNPCKLDQ  Y15, Y14, Y6; \
	VPUNPCKHDQ  Y15, Y14, Y7; \
	VPUNPCKLQDQ Y2, Y0, Y8; \
	VPUNPCKHQDQ Y2, Y0, Y9; \
	VPUNPCKLQDQ Y3, Y1, Y10; \
	VPUNPCKHQDQ Y3, Y1, Y11; \
	VPUNPCKLQDQ Y6, Y4, Y12; \
	VPUNPCKHQDQ Y6, Y4, Y13; \
	VPUNPCKLQDQ Y7, Y5, Y14; \
	VPUNPCKHQDQ Y7, Y5, Y15; \
	VPERM2I128  $0x20, Y12, Y8, Y0; \
	VPERM2I128  $0x20, Y13, Y9, Y1; \
	VPERM2I128  $0x20, Y14, Y10, Y2; \
	VPERM2I128  $0x20, Y15, Y11, Y3; \
	VPERM2I128  $0x31, Y12, Y8, Y4; \
	VPERM2I128  $0x31, Y13, Y9, Y5; \
	VPERM2I128  $0x31, Y14, Y10, Y6; \
	VPERM2I128  $0x31, Y15, Y11, Y7; \
	PASS(rowBias, $18); \
	VPACKSSDW  Y9, Y8, Y0; \
	VPACKSSDW  Y11, Y10, Y1; \
	VPACKSSDW  Y13, Y12, Y2; \
	VPACKSSDW  Y15, Y14, Y3; \
	VPACKUSWB  Y1, Y0, Y0; \
	VPACKUSWB  Y3, Y2, Y2; \
	VMOVDQU    turn<>(SB), Y1; \
	VPSHUFB    Y1, Y0, Y0; \
	VPSHUFB    Y1, Y2, Y2; \
	VPUNPCKLDQ Y2, Y0, Y4; \
	VPUNPCKHDQ Y2, Y0, Y5

// func idctAVX2(block *[64]int32, dst *byte, stride int)
TEXT ·idctAVX2(SB), NOSPLIT, $0-24
	MOVQ block+0(FP), SI
	MOVQ dst+8(FP), DI
	MOVQ stride+16(FP), DX
	ROWS

	LEAQ         (DX)(DX*2), R8
	LEAQ         (DI)(DX*4), R9
	VEXTRACTI128 $1, Y4, X6
	VEXTRACTI128 $1, Y5, X7
	VMOVQ        X4, (DI)
	VPEXTRQ      $1, X4, (DI)(DX*1)
	VMOVQ        X5, (DI)(DX*2)
	VPEXTRQ      $1, X5, (DI)(R8*1)
	VMOVQ        X6, (R9)
	VPEXTRQ      $1, X6, (R9)(DX*1)
	VMOVQ        X7, (R9)(DX*2)
	VPEXTRQ      $1, X7, (R9)(R8*1)
	VZEROUPPER
	RET

DATA ones<>+0(SB)/8, $0x0101010101010101
GLOBL ones<>(SB), RODATA|NOPTR, $8

LANES(twoTwice, $0x00020002)

// func idctHalfAVX2(block *[64]int32, dst *byte, stride int)
TEXT ·idctHalfAVX2(SB), NOSPLIT, $0-24
	MOVQ block+0(FP), SI
	MOVQ dst+8(FP), DI
	MOVQ stride+16(FP), DX
	ROWS

	// Sums of two beside each other, then of two rows, rounded.
	VPBROADCASTQ ones<>(SB), Y0
	VPMADDUBSW   Y0, Y4, Y4
	VPMADDUBSW   Y0, Y5, Y5
	VPSHUFD      $0x4e, Y4, Y6
	VPSHUFD      $0x4e, Y5, Y7
	VPADDW       Y6, Y4, Y4
	VPADDW       Y7, Y5, Y5
	VPADDW       twoTwice<>(SB), Y4, Y4
	VPADDW       twoTwice<>(SB), Y5, Y5
	VPSRLW       $2, Y4, Y4
	VPSRLW       $2, Y5, Y5
	VPACKUSWB    Y4, Y4, Y4
	VPACKUSWB    Y5, Y5, Y5
	VEXTRACTI128 $1, Y4, X6
	VEXTRACTI128 $1, Y5, X7
	LEAQ         (DX)(DX*2), R8
	VMOVD        X4, (DI)
	VMOVD        X5, (DI)(DX*1)
	VMOVD        X6, (DI)(DX*2)
	VMOVD        X7, (DI)(R8*1)
	VZEROUPPER
	RET

LANES(chromaMid, $128)
LANES(half16, $0x8000)
LANES(redV, $91881)
LANES(greenU, $-22554)
LANES(greenV, $-46802)
LANES(blueU, $116130)
LANES(top, $255)
LANES(opaqueAlpha, $0xff000000)

DATA lowPairs<>+0(SB)/8, $0x0000000000000000
DATA lowPairs<>+8(SB)/8, $0x0000000100000001
DATA lowPairs<>+16(SB)/8, $0x0000000200000002
DATA lowPairs<>+24(SB)/8, $0x0000000300000003
GLOBL lowPairs<>(SB), RODATA|NOPTR, $32

DATA highPairs<>+0(SB)/8, $0x0000000400000004
DATA highPairs<>+8(SB)/8, $0x0000000500000005
DATA highPairs<>+16(SB)/8, $0x0000000600000006
DATA highPairs<>+24(SB)/8, $0x0000000700000007
GLOBL highPairs<>(SB), RODATA|NOPTR, $32

// CHROMA computes from eight samples at (R8) and (R9) what they add to red, Y0,
// green, Y1, and blue, Y2: chroma of jpegout.go.
#define CHROMA \
	VPMOVZXBD (R8), Y3;               \
	VPMOVZXBD (R9), Y4;               \
	VPSUBD    chromaMid<>(SB), Y3, Y3; \
	VPSUBD    chromaMid<>(SB), Y4, Y4; \
	VPMULLD   redV<>(SB), Y4, Y0;     \
	VPMULLD   greenU<>(SB), Y3, Y1;   \
	VPMULLD   greenV<>(SB), Y4, Y5;   \
	VPMULLD   blueU<>(SB), Y3, Y2;    \
	VPADDD    Y5, Y1, Y1;             \
	VPADDD    Y8, Y0, Y0;             \
	VPADDD    Y8, Y1, Y1;             \
	VPADDD    Y8, Y2, Y2

// PIXELS adds eight luma samples at off(SI) and writes pixels at out(DI).
#define PIXELS(off, out, r, g, b) \
	VPMOVZXBD off(SI), Y6;             \
	VPSLLD    $16, Y6, Y6;             \
	VPADDD    Y6, r, r;                \
	VPADDD    Y6, g, g;                \
	VPADDD    Y6, b, b;                \
	VPSRAD    $16, r, r;               \
	VPSRAD    $16, g, g;               \
	VPSRAD    $16, b, b;               \
	VPMAXSD   Y9, r, r;                \
	VPMAXSD   Y9, g, g;                \
	VPMAXSD   Y9, b, b;                \
	VPMINSD   Y10, r, r;               \
	VPMINSD   Y10, g, g;               \
	VPMINSD   Y10, b, b;               \
	VPSLLD    $8, g, g;                \
	VPSLLD    $16, b, b;               \
	VPOR      g, r, r;                 \
	VPOR      Y11, b, b;               \
	VPOR      b, r, r;                 \
	VMOVDQU   r, out(DI)

#define SETUP \
	VMOVDQU half16<>(SB), Y8;      \
	VPXOR   Y9, Y9, Y9;            \
	VMOVDQU top<>(SB), Y10;        \
	VMOVDQU opaqueAlpha<>(SB), Y11

// func yccAVX2(dst, luma, cb, cr *byte, n int)
TEXT ·yccAVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ luma+8(FP), SI
	MOVQ cb+16(FP), R8
	MOVQ cr+24(FP), R9
	MOVQ n+32(FP), CX
	SETUP

ycc:
	SUBQ $8, CX
	JLT  yccDone
	CHROMA
	PIXELS(0, 0, Y0, Y1, Y2)
	ADDQ $8, SI
	ADDQ $8, R8
	ADDQ $8, R9
	ADDQ $32, DI
	JMP  ycc

yccDone:
	VZEROUPPER
	RET

// func yccHalfAVX2(dst, luma, cb, cr *byte, n int)
TEXT ·yccHalfAVX2(SB), NOSPLIT, $0-40
	MOVQ    dst+0(FP), DI
	MOVQ    luma+8(FP), SI
	MOVQ    cb+16(FP), R8
	MOVQ    cr+24(FP), R9
	MOVQ    n+32(FP), CX
	SETUP
	VMOVDQU lowPairs<>(SB), Y12
	VMOVDQU highPairs<>(SB), Y13

yccHalf:
	SUBQ   $16, CX
	JLT    yccHalfDone
	CHROMA
	VPERMD Y0, Y12, Y3
	VPERMD Y1, Y12, Y4
	VPERMD Y2, Y12, Y5
	PIXELS(0, 0, Y3, Y4, Y5)
	VPERMD Y0, Y13, Y3
	VPERMD Y1, Y13, Y4
	VPERMD Y2, Y13, Y5
	PIXELS(8, 32, Y3, Y4, Y5)
	ADDQ   $16, SI
	ADDQ   $8, R8
	ADDQ   $8, R9
	ADDQ   $64, DI
	JMP    yccHalf

yccHalfDone:
	VZEROUPPER
	RET
