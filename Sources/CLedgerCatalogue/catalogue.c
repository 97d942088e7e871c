#include "CLedgerCatalogue.h"

// C, because a literal of this size would take the Swift compiler minutes.
#pragma clang diagnostic ignored "-Wc23-extensions"
static const unsigned char catalogue[] = {
#embed "catalogue.prices"
};
const unsigned char *const headgate_catalogue_bytes = catalogue;
const size_t headgate_catalogue_length = sizeof catalogue;
