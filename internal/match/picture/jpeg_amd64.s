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

// What each input adds to the even and odd halves of the transform, in pairs of
// inputs: the butterflies of jpegidct.go multiplied out.
LANES(even0low, $0x29cf2000)
LANES(even1low, $0x11512000)
LANES(even2low, $0xeeaf2000)
LANES(even3low, $0xd6312000)
LANES(even0high, $0x11512000)
LANES(even1high, $0xd630e000)
LANES(even2high, $0x29d0e000)
LANES(even3high, $0xeeaf2000)
LANES(odd0low, $0xe6dc08d4)
LANES(odd1low, $0xd39e1925)
LANES(odd2low, $0xf72d25a1)
LANES(odd3low, $0x25a12c63)
LANES(odd0high, $0xd39d25a1)
LANES(odd1high, $0x25a108d5)
LANES(odd2high, $0xe6dcd39e)
LANES(odd3high, $0x08d41925)
LANES(columnRound, $0x400) // 1<<10
LANES(rowBias, $0x2020000) // 128<<18 + 1<<17

// The same for a row: what a pair of inputs adds to each of the eight samples.
DATA row0<>+0(SB)/8, $0x25a120002c632000
DATA row0<>+8(SB)/8, $0x08d4200019252000
DATA row0<>+16(SB)/8, $0xe6db2000f72c2000
DATA row0<>+24(SB)/8, $0xd39d2000da5f2000
GLOBL row0<>(SB), RODATA|NOPTR, $32
DATA row2<>+0(SB)/8, $0xf72d115125a129cf
DATA row2<>+8(SB)/8, $0xe6dcd631d39eeeaf
DATA row2<>+16(SB)/8, $0x2c62eeaf1924d631
DATA row2<>+24(SB)/8, $0xda5f29cf08d31151
GLOBL row2<>(SB), RODATA|NOPTR, $32
DATA row4<>+0(SB)/8, $0xd39ee00019252000
DATA row4<>+8(SB)/8, $0x25a1200008d5e000
DATA row4<>+16(SB)/8, $0xf72be000da5f2000
DATA row4<>+24(SB)/8, $0xe6db20002c62e000
GLOBL row4<>(SB), RODATA|NOPTR, $32
DATA row6<>+0(SB)/8, $0xe6dcd63008d41151
DATA row6<>+8(SB)/8, $0xd39deeaf25a129d0
DATA row6<>+16(SB)/8, $0xda5f29d02c63eeaf
DATA row6<>+24(SB)/8, $0xf72c11511924d630
GLOBL row6<>(SB), RODATA|NOPTR, $32

DATA halves<>+0(SB)/8, $0x0000000400000000
DATA halves<>+8(SB)/8, $0x0000000500000001
DATA halves<>+16(SB)/8, $0x0000000600000002
DATA halves<>+24(SB)/8, $0x0000000700000003
GLOBL halves<>(SB), RODATA|NOPTR, $32

// EVEN and ODD make one output of a half from all its inputs.
#define EVEN(low, high, out) \
	VPMADDWD low<>(SB), Y0, out;          \
	VPMADDWD high<>(SB), Y2, Y12;         \
	VPADDD   columnRound<>(SB), out, out; \
	VPADDD   Y12, out, out

#define ODD(low, high, out) \
	VPMADDWD low<>(SB), Y1, out;  \
	VPMADDWD high<>(SB), Y3, Y12; \
	VPADDD   Y12, out, out

// EVEN4 and ODD4 do where inputs 4 to 7 are zero.
#define EVEN4(low, out) \
	VPMADDWD low<>(SB), Y0, out;          \
	VPADDD   columnRound<>(SB), out, out

#define ODD4(low, out) \
	VPMADDWD low<>(SB), Y1, out

// JOIN makes rows of the halves in Y4 to Y7 and Y8 to Y11 and keeps them at SP.
#define JOIN \
	VPADDD    Y11, Y4, Y12;  \
	VPSUBD    Y11, Y4, Y4;   \
	VPADDD    Y10, Y5, Y13;  \
	VPSUBD    Y10, Y5, Y5;   \
	VPADDD    Y9, Y6, Y14;   \
	VPSUBD    Y9, Y6, Y6;    \
	VPADDD    Y8, Y7, Y15;   \
	VPSUBD    Y8, Y7, Y7;    \
	VPSRAD    $11, Y4, Y4;   \
	VPSRAD    $11, Y5, Y5;   \
	VPSRAD    $11, Y6, Y6;   \
	VPSRAD    $11, Y7, Y7;   \
	VPSRAD    $11, Y12, Y12; \
	VPSRAD    $11, Y13, Y13; \
	VPSRAD    $11, Y14, Y14; \
	VPSRAD    $11, Y15, Y15; \
	VPACKSSDW Y13, Y12, Y12; \
	VPACKSSDW Y15, Y14, Y14; \
	VPACKSSDW Y6, Y7, Y6;    \
	VPACKSSDW Y4, Y5, Y4;    \
	VMOVDQU   Y12, 0(SP);    \
	VMOVDQU   Y14, 32(SP);   \
	VMOVDQU   Y6, 64(SP);    \
	VMOVDQU   Y4, 96(SP)

// ROW makes the samples of a row from its pairs at off(SP), ROW4 from the first
// two.
#define ROW4(off, out) \
	VPBROADCASTD off(SP), Y4;         \
	VPBROADCASTD (off+4)(SP), Y5;     \
	VPMADDWD     Y0, Y4, Y4;          \
	VPMADDWD     Y1, Y5, Y5;          \
	VPADDD       rowBias<>(SB), Y4, Y4; \
	VPADDD       Y5, Y4, out;         \
	VPSRAD       $18, out, out

#define ROW(off, out) \
	VPBROADCASTD off(SP), Y4;         \
	VPBROADCASTD (off+4)(SP), Y5;     \
	VPBROADCASTD (off+16)(SP), Y6;    \
	VPBROADCASTD (off+20)(SP), Y7;    \
	VPMADDWD     Y0, Y4, Y4;          \
	VPMADDWD     Y1, Y5, Y5;          \
	VPMADDWD     Y2, Y6, Y6;          \
	VPMADDWD     Y3, Y7, Y7;          \
	VPADDD       rowBias<>(SB), Y4, Y4; \
	VPADDD       Y6, Y5, Y5;          \
	VPADDD       Y7, Y4, Y4;          \
	VPADDD       Y5, Y4, out;         \
	VPSRAD       $18, out, out

// BLOCK transforms the block at SI times that at DX and leaves the samples in
// bytes: of rows 0 to 3 the left halves in the lower and the right ones in the
// upper half of Y0, of rows 4 to 7 in Y1.
#define BLOCK \
	VMOVDQU      0(SI), Y0;           \
	VMOVDQU      32(SI), Y1;          \
	VMOVDQU      64(SI), Y2;          \
	VMOVDQU      96(SI), Y3;          \
	VPOR         Y1, Y0, Y4;          \
	VPOR         Y3, Y2, Y5;          \
	VEXTRACTI128 $1, Y4, X4;          \
	VPOR         Y5, Y4, Y4;          \
	VPMULLW      0(DX), Y0, Y0;       \
	VPMULLW      32(DX), Y1, Y1;      \
	VPTEST       Y4, Y4;              \
	JZ           small;               \
	VPMULLW      64(DX), Y2, Y2;      \
	VPMULLW      96(DX), Y3, Y3;      \
	EVEN(even0low, even0high, Y4);    \
	EVEN(even1low, even1high, Y5);    \
	EVEN(even2low, even2high, Y6);    \
	EVEN(even3low, even3high, Y7);    \
	ODD(odd0low, odd0high, Y8);       \
	ODD(odd1low, odd1high, Y9);       \
	ODD(odd2low, odd2high, Y10);      \
	ODD(odd3low, odd3high, Y11);      \
	JOIN;                             \
	VMOVDQU      row0<>(SB), Y0;      \
	VMOVDQU      row2<>(SB), Y1;      \
	VMOVDQU      row4<>(SB), Y2;      \
	VMOVDQU      row6<>(SB), Y3;      \
	ROW(0, Y8);                       \
	ROW(8, Y9);                       \
	ROW(32, Y10);                     \
	ROW(40, Y11);                     \
	ROW(64, Y12);                     \
	ROW(72, Y13);                     \
	ROW(96, Y14);                     \
	ROW(104, Y15);                    \
	JMP          pack;                \
small: \
	EVEN4(even0low, Y4);              \
	EVEN4(even1low, Y5);              \
	EVEN4(even2low, Y6);              \
	EVEN4(even3low, Y7);              \
	ODD4(odd0low, Y8);                \
	ODD4(odd1low, Y9);                \
	ODD4(odd2low, Y10);               \
	ODD4(odd3low, Y11);               \
	JOIN;                             \
	VMOVDQU      row0<>(SB), Y0;      \
	VMOVDQU      row2<>(SB), Y1;      \
	ROW4(0, Y8);                      \
	ROW4(8, Y9);                      \
	ROW4(32, Y10);                    \
	ROW4(40, Y11);                    \
	ROW4(64, Y12);                    \
	ROW4(72, Y13);                    \
	ROW4(96, Y14);                    \
	ROW4(104, Y15);                   \
pack: \
	VPACKSSDW    Y9, Y8, Y0;          \
	VPACKSSDW    Y11, Y10, Y2;        \
	VPACKSSDW    Y13, Y12, Y1;        \
	VPACKSSDW    Y15, Y14, Y3;        \
	VPACKUSWB    Y2, Y0, Y0;          \
	VPACKUSWB    Y3, Y1, Y1

// func idctAVX2(block, quant *[64]int16, last int, dst []byte, stride int)
TEXT ·idctAVX2(SB), 0, $128-56
	MOVQ block+0(FP), SI
	MOVQ quant+8(FP), DX
	BLOCK

	MOVQ         dst_base+24(FP), DI
	MOVQ         stride+48(FP), DX
	LEAQ         (DX)(DX*2), R8
	LEAQ         (DI)(DX*4), R9
	VMOVDQU      halves<>(SB), Y2
	VPERMD       Y0, Y2, Y4
	VPERMD       Y1, Y2, Y5
	VEXTRACTI128 $1, Y4, X6
	VEXTRACTI128 $1, Y5, X7
	VMOVQ        X4, (DI)
	VPEXTRQ      $1, X4, (DI)(DX*1)
	VMOVQ        X6, (DI)(DX*2)
	VPEXTRQ      $1, X6, (DI)(R8*1)
	VMOVQ        X5, (R9)
	VPEXTRQ      $1, X5, (R9)(DX*1)
	VMOVQ        X7, (R9)(DX*2)
	VPEXTRQ      $1, X7, (R9)(R8*1)
	VZEROUPPER
	RET

DATA ones<>+0(SB)/8, $0x0101010101010101
GLOBL ones<>(SB), RODATA|NOPTR, $8

LANES(twoTwice, $0x00020002)

// func idctHalfAVX2(block, quant *[64]int16, last int, dst []byte, stride int)
TEXT ·idctHalfAVX2(SB), 0, $128-56
	MOVQ block+0(FP), SI
	MOVQ quant+8(FP), DX
	BLOCK

	// Sums of two beside each other, then of two rows, rounded.
	VPBROADCASTQ ones<>(SB), Y2
	VPMADDUBSW   Y2, Y0, Y0
	VPMADDUBSW   Y2, Y1, Y1
	VPSRLQ       $32, Y0, Y3
	VPSLLQ       $32, Y1, Y4
	VPADDW       Y3, Y0, Y0
	VPADDW       Y4, Y1, Y1
	VPBLENDD     $0xaa, Y1, Y0, Y0
	VPADDW       twoTwice<>(SB), Y0, Y0
	VPSRLW       $2, Y0, Y0
	VPACKUSWB    Y0, Y0, Y0
	VEXTRACTI128 $1, Y0, X1
	VPUNPCKLWD   X1, X0, X0
	MOVQ         dst_base+24(FP), DI
	MOVQ         stride+48(FP), DX
	LEAQ         (DX)(DX*2), R8
	VMOVD        X0, (DI)
	VPEXTRD      $1, X0, (DI)(DX*2)
	VPEXTRD      $2, X0, (DI)(DX*1)
	VPEXTRD      $3, X0, (DI)(R8*1)
	VZEROUPPER
	RET

LANES(chromaMid, $128)
LANES(half16, $0x8000)
LANES(redV, $91881)
LANES(greenU, $-22554)
LANES(greenV, $-46802)
LANES(blueU, $116130)
LANES(opaqueWords, $0x00ff00ff)

// Bytes of the lower half and of the upper one by turns.
DATA byTurns<>+0(SB)/8, $0x0b030a0209010800
DATA byTurns<>+8(SB)/8, $0x0f070e060d050c04
DATA byTurns<>+16(SB)/8, $0x0b030a0209010800
DATA byTurns<>+24(SB)/8, $0x0f070e060d050c04
GLOBL byTurns<>(SB), RODATA|NOPTR, $32

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

// LUMA adds sixteen luma samples at (SI) to what chroma adds, of eight pixels in
// low and eight in high, and leaves words: 0 to 3 and 8 to 11, then the others.
#define LUMA(low, high, out) \
	VPADDD    low, Y6, low;    \
	VPADDD    high, Y7, high;  \
	VPSRAD    $16, low, low;   \
	VPSRAD    $16, high, high; \
	VPACKSSDW high, low, out

// PIXELS writes sixteen pixels at (DI): luma at (SI), chroma of the first eight in
// r0, g0 and b0, of the others in r1, g1 and b1.
#define PIXELS(r0, g0, b0, r1, g1, b1) \
	VPMOVZXBD  (SI), Y6;       \
	VPMOVZXBD  8(SI), Y7;      \
	VPSLLD     $16, Y6, Y6;    \
	VPSLLD     $16, Y7, Y7;    \
	LUMA(r0, r1, r0);          \
	LUMA(g0, g1, g0);          \
	LUMA(b0, b1, b0);          \
	VPACKUSWB  g0, r0, r0;     \
	VPACKUSWB  Y10, b0, b0;    \
	VPSHUFB    Y9, r0, r0;     \
	VPSHUFB    Y9, b0, b0;     \
	VPUNPCKLWD b0, r0, g0;     \
	VPUNPCKHWD b0, r0, g1;     \
	VMOVDQU    g0, (DI);       \
	VMOVDQU    g1, 32(DI)

#define SETUP \
	VMOVDQU half16<>(SB), Y8;     \
	VMOVDQU byTurns<>(SB), Y9;    \
	VMOVDQU opaqueWords<>(SB), Y10

// func yccAVX2(dst, luma, cb, cr *byte, n int)
TEXT ·yccAVX2(SB), NOSPLIT, $0-40
	MOVQ dst+0(FP), DI
	MOVQ luma+8(FP), SI
	MOVQ cb+16(FP), R8
	MOVQ cr+24(FP), R9
	MOVQ n+32(FP), CX
	SETUP

ycc:
	SUBQ    $16, CX
	JLT     yccDone
	CHROMA
	VMOVDQA Y0, Y11
	VMOVDQA Y1, Y12
	VMOVDQA Y2, Y13
	ADDQ    $8, R8
	ADDQ    $8, R9
	CHROMA
	PIXELS(Y11, Y12, Y13, Y0, Y1, Y2)
	ADDQ    $16, SI
	ADDQ    $8, R8
	ADDQ    $8, R9
	ADDQ    $64, DI
	JMP     ycc

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
	VMOVDQU lowPairs<>(SB), Y11
	VMOVDQU highPairs<>(SB), Y12

yccHalf:
	SUBQ   $16, CX
	JLT    yccHalfDone
	CHROMA
	VPERMD Y0, Y11, Y3
	VPERMD Y1, Y11, Y4
	VPERMD Y2, Y11, Y5
	VPERMD Y0, Y12, Y0
	VPERMD Y1, Y12, Y1
	VPERMD Y2, Y12, Y2
	PIXELS(Y3, Y4, Y5, Y0, Y1, Y2)
	ADDQ   $16, SI
	ADDQ   $8, R8
	ADDQ   $8, R9
	ADDQ   $64, DI
	JMP    yccHalf

yccHalfDone:
	VZEROUPPER
	RET
