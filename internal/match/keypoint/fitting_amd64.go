package keypoint

import "github.com/klauspost/cpuid/v2"

// agree8 is reader.agree for n points, a multiple of eight.
//
//go:noescape
func agree8(sums *agreement, m *mapping, vs *vector, x, y *float32, edges *int32, n int)

// mapping is what agree8 needs of a reader. The order of its fields is known to the assembly.
type mapping struct {
	a, b, c, d, e, f float32
	w, h             float32
	stride           int32
}

func agreeFast(r *reader, f *fitting, edges []int32, g *agreement) bool {
	if !vectorised || len(edges) == 0 || len(r.vs) == 0 {
		return false
	}
	m := mapping{r.a, r.b, r.c, r.d, r.e, r.f, float32(r.w), float32(r.h), int32(r.w)}
	_, _ = f.x[len(edges)-1], f.y[len(edges)-1]
	agree8(g, &m, &r.vs[0], &f.x[0], &f.y[0], &edges[0], len(edges))
	return true
}

// counted says that eight signatures are compared at once.
var counted = cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512VPOPCNTDQ)

// count512 is signature.distances for n blocks.
//
//go:noescape
func count512(out *[blockCodes]uint64, blocks *block, n int, s *signature)

func distancesFast(s *signature, blocks []block, out [][blockCodes]uint64) bool {
	if !counted || len(blocks) == 0 {
		return false
	}
	count512(&out[:len(blocks)][0], &blocks[0], len(blocks), s)
	return true
}
