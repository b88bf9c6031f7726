package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// browser is one Chromium for the whole package; each test has tabs of its own.
var browser context.Context

func TestMain(m *testing.M) {
	code := 1
	func() {
		dir, err := os.MkdirTemp("", "assay-chromium-*")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		defer func() { _ = os.RemoveAll(dir) }()
		stop := startBrowser(dir)
		defer stop()
		code = m.Run()
	}()
	os.Exit(code)
}

// startBrowser prepares Chromium; it starts with the first tab.
func startBrowser(dir string) (stop func()) {
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		return func() {}
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true))
	ctx, stopBrowser := chromedp.NewContext(alloc)
	browser = ctx
	return func() { stopBrowser(); stopAlloc() }
}

// missing fails a test that cannot run; go test -short skips it instead.
func missing(t *testing.T, what string) {
	t.Helper()
	if testing.Short() {
		t.Skip(what)
	}
	t.Fatal(what)
}

// tab is one page of the browser with cookies of its own.
type tab struct {
	t    *testing.T
	ctx  context.Context
	base string
}

// limit is how long one step may take on a busy machine.
const limit = 30 * time.Second

func newTab(t *testing.T, base string) *tab {
	t.Helper()
	if browser == nil {
		missing(t, "Chromium is missing: install Debian's package chromium")
	}
	if err := chromedp.Run(browser); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	b := &tab{t: t, base: base}
	var stop context.CancelFunc
	b.ctx, stop = chromedp.NewContext(browser, chromedp.WithTargetID(freshTarget(t)))
	t.Cleanup(stop)
	if err := chromedp.Run(b.ctx); err != nil { // attaches; a context with a deadline would close the tab with it
		t.Fatalf("open a tab: %v", err)
	}
	b.size(1440, 900, false)
	return b
}

// freshTarget is a window in a browser context of its own: headless Chromium
// opens the first tab of a context only as a new window.
func freshTarget(t *testing.T) (id target.ID) {
	t.Helper()
	err := chromedp.Run(browser, chromedp.ActionFunc(func(ctx context.Context) error {
		ctx = cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
		box, err := target.CreateBrowserContext().WithDisposeOnDetach(true).Do(ctx)
		if err == nil {
			id, err = target.CreateTarget("about:blank").WithBrowserContextID(box).WithNewWindow(true).Do(ctx)
		}
		return err
	}))
	if err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return id
}

// do runs actions and fails the test when one does not come to its end.
func (b *tab) do(what string, actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		var where, text string
		_ = chromedp.Run(b.ctx, chromedp.Location(&where), chromedp.Evaluate(`document.querySelector("main")?.innerText.slice(0, 400) ?? ""`, &text))
		b.t.Fatalf("%s: %v\nat %s\n%s", what, err, where, text)
	}
}

func (b *tab) size(w, h int64, phone bool) {
	b.t.Helper()
	b.do("set the size", chromedp.EmulateViewport(w, h), emulation.SetTouchEmulationEnabled(phone))
}

// dark chooses what the system prefers; the page follows it.
func (b *tab) dark(on bool) {
	b.t.Helper()
	scheme := "light"
	if on {
		scheme = "dark"
	}
	b.do("set the colour scheme", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}))
}

func (b *tab) open(path string) {
	b.t.Helper()
	b.do("open "+path, chromedp.Navigate(b.base+path), chromedp.WaitReady("#main"))
}

// signIn signs in by the form, as a person does.
func (b *tab) signIn(email, password string) {
	b.t.Helper()
	b.open("/sign-in")
	b.do("sign in", chromedp.SendKeys("#email", email), chromedp.SendKeys("#password", password+kb.Enter), chromedp.WaitReady(".frame #main"))
}

// keys presses keys one after the other, wherever the focus is.
func (b *tab) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do("press "+k, chromedp.KeyEvent(k))
	}
}

// wait waits until an expression of JavaScript is true, over loads of new
// pages if need be.
func (b *tab) wait(what, expression string) {
	b.t.Helper()
	end := time.Now().Add(limit)
	for {
		var ok bool
		ctx, cancel := context.WithTimeout(b.ctx, limit)
		err := chromedp.Run(ctx, chromedp.Evaluate(`document.readyState === "complete" && Boolean(`+expression+`)`, &ok))
		cancel()
		if err == nil && ok {
			return
		}
		if time.Now().After(end) {
			b.do("wait until "+what, chromedp.ActionFunc(func(context.Context) error { return errors.Join(errors.New("it never came true"), err) }))
		}
		b.do("pause", chromedp.Sleep(40*time.Millisecond))
	}
}

func (b *tab) text(selector string) (s string) {
	b.t.Helper()
	b.do("read "+selector, chromedp.Text(selector, &s, chromedp.ByQuery))
	return s
}

func (b *tab) eval(expression string, into any) {
	b.t.Helper()
	b.do("evaluate", chromedp.Evaluate(expression, into))
}

// shot is a picture of what is to be seen now.
func (b *tab) shot() (png []byte) {
	b.t.Helper()
	b.do("take a picture", chromedp.ActionFunc(func(ctx context.Context) (err error) {
		png, err = page.CaptureScreenshot().WithFormat(page.CaptureScreenshotFormatPng).Do(ctx)
		return err
	}))
	return png
}
