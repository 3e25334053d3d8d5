# find_package(usercom) defines the targets usercom::usercom, the shared library, and usercom::static.
# Programs in a build tree find the shared library. For installed ones, if it is in a directory that the system does not
# search: set(CMAKE_INSTALL_RPATH_USE_LINK_PATH ON) before the program's target.
# All paths start from this file, so that the tree may be moved; it lies in PREFIX/share/cmake/usercom.

get_filename_component(_usercom_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(_usercom_libdir "")
foreach(_usercom_dir "lib/${CMAKE_LIBRARY_ARCHITECTURE}" lib64 lib)
  if(NOT _usercom_libdir AND EXISTS "${_usercom_prefix}/${_usercom_dir}/libusercom.so")
    set(_usercom_libdir "${_usercom_prefix}/${_usercom_dir}")
  endif()
endforeach()

if(NOT _usercom_libdir)
  set(usercom_FOUND FALSE)
  set(usercom_NOT_FOUND_MESSAGE "there is no libusercom.so in lib or lib64 of ${_usercom_prefix}")
elseif(NOT TARGET usercom::usercom)
  add_library(usercom::usercom SHARED IMPORTED)
  set_target_properties(usercom::usercom PROPERTIES
    IMPORTED_LOCATION "${_usercom_libdir}/libusercom.so"
    IMPORTED_SONAME libusercom.so.0
    INTERFACE_INCLUDE_DIRECTORIES "${_usercom_prefix}/include")

  add_library(usercom::static STATIC IMPORTED)
  set_target_properties(usercom::static PROPERTIES
    IMPORTED_LOCATION "${_usercom_libdir}/libusercom.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_usercom_prefix}/include"
    INTERFACE_LINK_LIBRARIES "pthread;dl;m")
endif()
