#pragma once
#include <memory>

#include "server/mail/mailer.hpp"
#include "tests/support/instance.hpp"

namespace margelle::tests {

// Lets a postman work until nothing is due.
void deliver(Instance& instance, std::unique_ptr<Mailer> mailer);

}  // namespace margelle::tests
