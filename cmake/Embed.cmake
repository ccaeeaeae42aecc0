# Puts files into the executable, so that it needs none of them at run time.

# yaml_to_json(OUTPUT json INPUT yaml)
function(yaml_to_json)
    cmake_parse_arguments(arg "" "OUTPUT;INPUT" "" ${ARGN})
    add_custom_command(OUTPUT ${arg_OUTPUT}
        COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/yaml_to_json.py ${arg_INPUT} ${arg_OUTPUT}
        DEPENDS ${arg_INPUT} ${PROJECT_SOURCE_DIR}/cmake/yaml_to_json.py
        VERBATIM)
endfunction()

# embed(target namespace file…): adds namespace::files, a table of {name, text} in the order given, declared by
# <target>'s own header as  extern const std::span<const margelle::EmbeddedFile> files;
function(embed target namespace)
    set(assembly ${CMAKE_CURRENT_BINARY_DIR}/${target}_files.S)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}_files.cpp)
    set(data "")
    set(declarations "")
    set(table "")
    set(index 0)
    foreach(file ${ARGN})
        get_filename_component(name ${file} NAME)
        set(symbol ${target}_file_${index})
        string(APPEND data "    .global ${symbol}, ${symbol}_end\n${symbol}:\n    .incbin \"${file}\"\n${symbol}_end:\n")
        string(APPEND declarations "extern \"C\" const char ${symbol}[], ${symbol}_end[];\n")
        string(APPEND table "    {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
        math(EXPR index "${index} + 1")
    endforeach()
    file(CONFIGURE OUTPUT ${assembly} CONTENT "    .section .rodata\n${data}    .section .note.GNU-stack,\"\",%progbits\n")
    file(CONFIGURE OUTPUT ${source} CONTENT
"#include \"protocol/embedded.hpp\"\n${declarations}
namespace ${namespace} {
static const margelle::EmbeddedFile table[] = {
${table}};
extern const std::span<const margelle::EmbeddedFile> files;
const std::span<const margelle::EmbeddedFile> files{table};
}\n")
    set_source_files_properties(${assembly} PROPERTIES OBJECT_DEPENDS "${ARGN}")
    target_sources(${target} PRIVATE ${assembly} ${source})
endfunction()
