#pragma once
#include <map>
#include <string>
#include <vector>

#include "server/route.hpp"

namespace margelle {

class Router {
public:
    explicit Router(std::span<const Route> routes);

    // The route of a request below /api/v1, with the path's parameters put into the request. Throws Error: not_found,
    // wrong_method.
    const Route& find(Request& request) const;

private:
    struct Entry {
        std::vector<std::string_view> segments;
        const Route* route;
    };
    std::vector<Entry> entries_;
};

constexpr std::string_view api_base = "/api/v1";

}  // namespace margelle
