#ifndef CLEDGER_CATALOGUE_H
#define CLEDGER_CATALOGUE_H

#include <stddef.h>

/// The price catalogue as text, in the form that `Sources/Ledger/Catalogue` reads. It is no string: no zero ends it.
extern const unsigned char *const headgate_catalogue_bytes;
/// Its length in bytes.
extern const size_t headgate_catalogue_length;

#endif
