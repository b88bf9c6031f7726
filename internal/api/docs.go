package api

func (a *API) registerDocs() { a.registerDocument() }
