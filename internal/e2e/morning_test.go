package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"assay/internal/access"
	"assay/internal/casefile"
	"assay/internal/console/consoletest"
)

const mine = `document.querySelector('[data-lease="mine"]') !== null`

// waiting counts the cases in the queue.
func (h *house) waiting(t *testing.T) int {
	t.Helper()
	waits := false
	n, err := h.Store.CountUpTo(t.Context(), casefile.Filter{OnHold: &waits}, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rows is whether a page shows so many rows.
func rows(n int) string {
	return fmt.Sprintf(`document.querySelectorAll("[data-row]").length === %d`, n)
}

// at is the case that is open now.
func (b *tab) at() (id string) {
	b.t.Helper()
	b.wait("a case is open and ours", mine)
	b.eval(`document.querySelector("[data-case]").dataset.case`, &id)
	return id
}

// onFrom waits until another case than this one is open.
func (b *tab) onFrom(id string) {
	b.t.Helper()
	b.wait("the next case is open", `document.querySelector("[data-case]")?.dataset.case !== `+quote(id)+` && `+mine)
}

// enter sends a form from one of its choices.
func (b *tab) enter() {
	b.t.Helper()
	b.do("press Ctrl and Enter", chromedp.KeyEvent(kb.Enter, chromedp.KeyModifiers(input.ModifierCtrl)))
}

// A reviewer's morning, without the mouse: take the next case, decide twenty
// with two keys each, hold one, hand one over, ask a second person about one.
func TestAReviewersMorning(t *testing.T) {
	h := newHouse(t)
	for n := range 20 {
		h.Suspect(100+n, fmt.Sprintf("BOLT 거치대 %d호", n+1), consoletest.Shop)
	}
	b := h.as(t, access.Reviewer)
	all := h.waiting(t)
	b.wait("the queue stands", rows(all))
	b.keys("n")
	var decided []string
	for n := range 20 {
		id := b.at()
		decided = append(decided, id)
		if n%2 == 0 {
			b.keys("b", "1")
		} else {
			b.keys("p", "6")
		}
		b.onFrom(id)
	}
	held := b.at()
	b.keys("h")
	b.wait("the reason has the focus", `document.activeElement.id === "hold-reason"`)
	b.enter()
	b.onFrom(held)
	handed := b.at()
	b.keys("e")
	b.wait("the list has the focus", `document.activeElement.id === "hand-to"`)
	b.enter()
	b.onFrom(handed)
	asked := b.at()
	b.keys("a")
	b.wait("the list has the focus", `document.activeElement.id === "ask-whom"`)
	b.keys(kb.Tab)
	b.do("ask", chromedp.KeyEvent("정품 박음질이 맞나요?"), chromedp.KeyEvent(kb.Enter))
	b.onFrom(asked)
	last := b.at()
	b.keys("w")
	b.wait("the note has the focus", `document.activeElement.id === "note-text"`)
	b.eval(`document.activeElement.value = ""`, nil) // the driver types the key although the page took it
	b.do("write", chromedp.KeyEvent("전화로 확인함"))
	b.enter()
	b.wait("the note stands there", `document.body.innerText.includes("전화로 확인함")`)
	b.keys("r")
	b.wait("it is given back", `document.querySelector('[data-lease="mine"]') === null`)
	b.keys("g", "q")
	left := h.waiting(t) // an answer may close what a notice asks about the same goods
	if left > all-22 {
		t.Errorf("%d of %d cases are left", left, all)
	}
	b.wait("the queue is shorter by what was decided and what waits", rows(left))
	b.keys("v", "6")
	b.wait("what waits is shown", rows(2))
	h.wantMorning(t, decided, held, handed, asked, last)
}

// wantMorning checks what the morning left behind.
func (h *house) wantMorning(t *testing.T, decided []string, held, handed, asked, last string) {
	t.Helper()
	get := func(id string) casefile.Case {
		k, err := h.Store.Case(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for _, id := range decided {
		if k := get(id); k.State != casefile.Closed || k.Decision == nil {
			t.Errorf("%s is %s", id, k.State)
		}
	}
	if k := get(held); k.Hold == nil || k.Hold.Reason != casefile.Holds[0] {
		t.Errorf("held: %+v", k.Hold)
	}
	if k := get(handed); k.AssigneeID != consoletest.Colleague && k.Desk != consoletest.Desk && k.AssigneeID == "" {
		t.Errorf("handed over: to %q, %q", k.AssigneeID, k.Desk)
	}
	if k := get(asked); k.AskedID == "" || k.Hold == nil || k.Hold.Reason != casefile.SecondPerson {
		t.Errorf("asked: %q %+v", k.AskedID, k.Hold)
	}
	notes, err := h.Store.Notes(t.Context(), last)
	if err != nil || len(notes) != 1 || notes[0].Text != "전화로 확인함" {
		t.Errorf("notes: %+v %v", notes, err)
	}
}
