package picture

// lzw decodes the variable-length codes of a GIF image. Broken or missing data
// ends the stream: what came before is good.
type lzw struct {
	rest    []byte // sub-blocks
	block   []byte // what is left of the current sub-block
	bits    uint32
	nBits   uint
	literal uint // bits of a literal
	width   uint // bits of the next code
	next    int  // code to be defined next
	last    int  // code read before, or -1
	done    bool

	prefix [4096]uint16
	suffix [4096]uint8
	stack  [4096]uint8 // a decoded string, written from the end
	ready  []uint8     // part of stack not delivered yet
}

// start begins with the data of an image: the size of a literal, sub-blocks.
func (z *lzw) start(data []byte) {
	z.block, z.ready, z.bits, z.nBits, z.done = nil, nil, 0, 0, false
	if len(data) == 0 || data[0] < 1 || data[0] > 8 {
		z.done = true
		return
	}
	z.literal, z.rest = uint(data[0]), data[1:]
	z.reset()
}

func (z *lzw) reset() {
	z.width, z.next, z.last = z.literal+1, 1<<z.literal+2, -1
}

// read fills dst and returns how many bytes there were.
func (z *lzw) read(dst []byte) int {
	n := 0
	for n < len(dst) {
		if len(z.ready) == 0 && !z.step() {
			break
		}
		k := copy(dst[n:], z.ready)
		z.ready = z.ready[k:]
		n += k
	}
	return n
}

// step decodes codes until one yields bytes; false at the end.
func (z *lzw) step() bool {
	clearCode, endCode := 1<<z.literal, 1<<z.literal+1
	for !z.done {
		code, ok := z.code()
		switch {
		case !ok || code == endCode || code > z.next || (code == z.next && z.last < 0):
			z.done = true
		case code == clearCode:
			z.reset()
		default:
			z.expand(code, clearCode)
			return true
		}
	}
	return false
}

// expand puts the string of code on the stack and defines the next code: the
// previous string and the first byte of this one.
func (z *lzw) expand(code, clearCode int) {
	at := len(z.stack)
	c := code
	if code == z.next { // not defined yet: the previous string and its own first byte
		at--
		c = z.last
	}
	for c >= clearCode {
		at--
		z.stack[at] = z.suffix[c]
		c = int(z.prefix[c])
	}
	at--
	first := uint8(c)
	z.stack[at] = first
	if code == z.next {
		z.stack[len(z.stack)-1] = first
	}
	z.ready = z.stack[at:]
	if z.last >= 0 && z.next < len(z.prefix) {
		z.prefix[z.next], z.suffix[z.next] = uint16(z.last), first
		z.next++
		if z.next == 1<<z.width && z.width < 12 {
			z.width++
		}
	}
	z.last = code
}

// code reads the next code from the sub-blocks.
func (z *lzw) code() (int, bool) {
	for z.nBits < z.width {
		if len(z.block) == 0 {
			if len(z.rest) == 0 || z.rest[0] == 0 {
				return 0, false
			}
			n := min(1+int(z.rest[0]), len(z.rest))
			z.block, z.rest = z.rest[1:n], z.rest[n:]
			continue
		}
		z.bits |= uint32(z.block[0]) << z.nBits
		z.block = z.block[1:]
		z.nBits += 8
	}
	code := int(z.bits & (1<<z.width - 1))
	z.bits >>= z.width
	z.nBits -= z.width
	return code, true
}
