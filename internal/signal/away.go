package signal

import "errors"

// ErrAway says that a picture detector was not asked, because it is known to
// be away and its operator has said that listings need not wait for it. The
// picture is not taken as looked at, and nobody is called for it.
var ErrAway = errors.New("the detector is away")
