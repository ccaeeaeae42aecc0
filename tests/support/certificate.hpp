#pragma once
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "protocol/ids.hpp"

namespace margelle::tests {

// A certificate of our own for localhost, in a folder of its own.
struct Certificate {
    Certificate() : folder(std::filesystem::temp_directory_path() / new_id()) {
        std::filesystem::create_directory(folder);
        const std::string command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout " + key() +
                                    " -out " + chain() + " 2>/dev/null";
        if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl makes no certificate");
    }
    ~Certificate() { std::filesystem::remove_all(folder); }
    std::string key() const { return (folder / "key.pem").string(); }
    std::string chain() const { return (folder / "chain.pem").string(); }
    std::filesystem::path folder;
};

}  // namespace margelle::tests
